"""What a flow leaves in Prefect's UI when it fails: its cause, and which run of servegauge it was."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.run.run import Run
from flows.ui.artifacts import create_failure_artifact
from flows.ui.events import emit_failed_run
from tasks.errors import MeasureError, RegressionError, ServegaugeError
from tasks.text import last_lines

RUN_LABEL = "servegauge.run"
"""Label of a Prefect flow run: the id of the run that it recorded."""
TRACEBACK_LINES = 60


class FailureReport:
    """What is known about the run when the flow fails."""

    def __init__(self) -> None:
        self.run: Run | None = None

    def set_run(self, run: Run) -> None:
        """Name the run in the report, and in a label of the Prefect flow run."""
        self.run = run
        if flow_run.id:
            with get_client(sync_client=True) as client:
                client.update_flow_run_labels(UUID(flow_run.id), {RUN_LABEL: run.id})

    def publish(self, error: Exception) -> None:
        """Create the artifact `failure`, and emit `servegauge.run.finished` unless the figures had it."""
        readable = _readable(error)
        create_failure_artifact(readable, self.run)
        # Runs with one of these errors have reported their figures, and the event with them.
        if self.run and not isinstance(error, RegressionError | MeasureError):
            emit_failed_run(self.run, readable, readable.what)


@contextmanager
def report_failure() -> Iterator[FailureReport]:
    """Publish the error that leaves the block, in Prefect's UI; then raise it."""
    report = FailureReport()
    try:
        yield report
    except Exception as error:
        with suppress(Exception):  # an error of the report must not hide the one that it reports
            report.publish(error)
        raise


def _readable(error: Exception) -> ServegaugeError:
    """Any error as one with a cause, a remedy and a detail."""
    if isinstance(error, ServegaugeError):
        return error
    detail = last_lines("".join(traceback.format_exception(error)), TRACEBACK_LINES)
    return ServegaugeError(f"{type(error).__name__}: {error}", "read the run's log", detail)
