"""Reports a failed flow in Prefect's UI: the cause, and the id of the run of servegauge."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.run.run_identity import Run
from flows.ui.artifacts import create_failure_artifact
from flows.ui.events import emit_failed_run
from tasks.errors import MeasureError, RegressionError, ServegaugeError
from tasks.text import last_lines

RUN_LABEL = "servegauge.run"
"""Label of a Prefect flow run: the id of the run that it recorded."""
TRACEBACK_LINES = 60


class FailureReport:
    """Publishes the failure of a flow, with the run's id if the run was already created."""

    def __init__(self) -> None:
        self.run: Run | None = None

    def set_run(self, run: Run) -> None:
        """Name the run in the report, and in a label of the Prefect flow run."""
        self.run = run
        if flow_run.id:
            with get_client(sync_client=True) as client:
                client.update_flow_run_labels(UUID(flow_run.id), {RUN_LABEL: run.id})

    def publish(self, error: Exception) -> None:
        """Create the artifact `failure`, and emit `servegauge.run.finished` if the run has not."""
        published_error = _as_servegauge_error(error)
        create_failure_artifact(published_error, self.run)
        # Runs with one of these errors have reported their figures, and the event with them.
        if self.run and not isinstance(error, RegressionError | MeasureError):
            emit_failed_run(self.run, published_error, published_error.what)


@contextmanager
def report_failure() -> Iterator[FailureReport]:
    """If the block raises, publish the error in Prefect's UI and raise it again."""
    report = FailureReport()
    try:
        yield report
    except Exception as error:
        with suppress(Exception):  # an error of the report must not hide the one that it reports
            report.publish(error)
        raise


def _as_servegauge_error(error: Exception) -> ServegaugeError:
    """Convert any error to one with a cause, a remedy and a detail."""
    if isinstance(error, ServegaugeError):
        return error
    detail = last_lines("".join(traceback.format_exception(error)), TRACEBACK_LINES)
    return ServegaugeError(f"{type(error).__name__}: {error}", "read the run's log", detail)
