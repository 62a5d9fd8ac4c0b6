"""A run's row in the table `runs`: written when it starts and when it ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flows.run.killed_watch import watch_for_kill
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.ui import console
from tasks.errors import RecordError
from tasks.record.manifest import manifest_of
from tasks.record.recorded_spec import recordable_spec
from tasks.record.results import Outcome, RunRecord
from tasks.record.run_lock import hold_run_lock, record_killed_runs
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tasks.track.killed_swanlab import mend_killed_logging


@contextmanager
def record_outcome(run: Run) -> Iterator[RunWarnings]:
    """Record the run as running; if the block raises, record the run as stopped or failed.

    Yields the run's warnings. The block itself records a completed run. If this process is killed, the
    killed watch or the next run records the run as killed.
    """
    warnings = RunWarnings()
    for killed in record_killed_runs(Store(run.results), run.folder.parent):
        console.stage("plan", f"recorded that {killed} was killed; its measurements are kept")
    for message in mend_killed_logging(run.results.folder):
        console.stage("plan", message)
    run.folder.mkdir(parents=True, exist_ok=True)
    with watch_for_kill(run.results, run.folder), hold_run_lock(run.folder):
        write_record(run, "running")
        try:
            yield warnings
        except BaseException as error:
            # A signal raises KeyboardInterrupt, Prefect's TerminationSignal or the command's Terminated.
            _record_end(run, "failed" if isinstance(error, Exception) else "stopped", warnings)
            raise


def write_record(run: Run, outcome: Outcome, warnings: tuple[str, ...] = ()) -> RunRecord:
    """Write the run's row and return it."""
    record = record_of(run, outcome, warnings)
    record_run(Store(run.results), record)
    return record


def record_of(run: Run, outcome: Outcome, warnings: tuple[str, ...] = ()) -> RunRecord:
    """Return the run's row with this outcome without writing it."""
    return RunRecord(
        run_id=run.id,
        spec=run.spec.name,
        spec_digest=run.spec_digest,
        sweeps=tuple(sweep.name for sweep in run.spec.sweeps),
        started_at=run.started_at,
        finished_at=None if outcome == "running" else datetime.now(UTC),
        outcome=outcome,
        warnings=warnings,
        resumes=run.resumes,
        spec_json=recordable_spec(run.spec),
        manifest=manifest_of(run.subject),
    )


def _record_end(run: Run, outcome: Outcome, warnings: RunWarnings) -> None:
    """Record how the run ended.

    Does nothing if an outcome is already recorded: the error then came from the report.
    """
    try:
        rows = Store(run.results).read("runs", run.id)
        if rows.is_empty() or rows["outcome"].to_list() == ["running"]:
            write_record(run, outcome, warnings.texts)
    except RecordError as error:
        # This error must not hide the one that ended the run. The next run records the outcome.
        console.stage("record", error.what, "yellow")
