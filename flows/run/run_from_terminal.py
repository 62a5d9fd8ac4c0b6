"""Runs a spec in this process, shows its progress, and starts a Prefect server if none is configured."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.run.own_prefect_server import (
    OwnPrefectServer,
    may_name_a_server,
    start_own_server,
    start_without_prefect,
)
from operate.work_pool import TAG
from tasks.config.results_location import ResultsLocation, results_location
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.errors import ExecutionError
from tasks.quick_imports import quick_imports
from tasks.track import swanlab_process

if TYPE_CHECKING:
    from flows.run.recorded_run import PlannedRun

PREFECT_SETTINGS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Pages in a browser on this machine must not call the server that the run starts.
    "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "http://127.0.0.1",
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    # The terminal shows stage lines; Prefect's log, with tracebacks of failed points, stays in its UI.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}
"""Prefect reads these variables when it is imported."""
NEEDED_BYTES = 2**20
"""The free disk space that the run's own Prefect server needs to start."""


def run_from_terminal(spec: str, overrides: list[str], results: str, refresh: bool, resume: str = "") -> None:
    """Check a spec, run the flow `benchmark` and print its report; without Prefect if nothing is measured.

    The flow reads the spec again: its parameters are the texts that Prefect's UI shows, and a worker's flow
    has nothing else.

    Raises:
        ExecutionError: Prefect's own server does not start.
        ServegaugeError: as the flow does.
    """
    for name, value in PREFECT_SETTINGS.items():
        os.environ.setdefault(name, value)
    checked, location = load_spec(spec, overrides), results_location(results)
    run_flow = partial(_run_flow, spec, overrides, results, refresh, resume)
    with _processes_started(checked, refresh or _is_new(location)) as server:
        with quick_imports():  # late, while the processes start
            from flows.run.preflight import preflight_command
            from flows.run.recorded_run import needs_prefect, planned_run, report_recorded_run

        # Before Prefect is imported, which takes seconds: wrong input is reported within one.
        preflight_command(checked, location)
        if needs_prefect(checked):
            run_flow(server)
            return
        planned = planned_run(checked, location, refresh, resume)
        if planned.plan.missing:
            run_flow(server, planned)
        else:
            report_recorded_run(planned)


def _is_new(location: ResultsLocation) -> bool:
    """Return whether no figure can be recorded. A bucket is not asked."""
    return location.bucket is None and not location.cache_folder.is_dir()


@contextmanager
def _processes_started(spec: Spec, measures: bool) -> Iterator[OwnPrefectServer | None]:
    """Start what takes seconds to import, and end it after the block.

    A run that surely `measures` needs Prefect's own server and the fork server; another one SwanLab at most.
    """
    from tasks.measure.processes import fork_server

    server = None
    if not measures and spec.blocks.swanlab is None:
        swanlab_process.warm_up(spec.track.swanlab)
    elif not may_name_a_server():
        check_folders()
        server = start_without_prefect()
        fork_server.warm_up()
    try:
        yield server
    finally:
        swanlab_process.shut_down()
        fork_server.shut_down()  # otherwise it ends a moment after this process


def _run_flow(
    spec: str,
    overrides: list[str],
    results: str,
    refresh: bool,
    resume: str,
    server: OwnPrefectServer | None,
    planned: PlannedRun | None = None,
) -> None:
    """Run the flow. A run that is planned already begins while Prefect's own server starts."""
    swanlab_process.shut_down()  # it would only take memory and time from the measurement
    if server is None:
        check_folders()
        server = start_without_prefect() or start_own_server()  # takes seconds, in parallel with what follows
    from tasks.measure.processes import fork_server

    fork_server.warm_up()
    from flows.run.begun_run import begin_run
    from flows.ui.console import show_on_terminal

    begun = begin_run(planned.run, planned.plan) if planned else nullcontext()
    with show_on_terminal(), begun:
        with quick_imports():
            from prefect import tags
            from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

            from flows.benchmark import benchmark

        if server is not None:
            server.use()
        # Heartbeats show a Prefect server that a flow is alive; here they only delay its end by a second.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), tags(TAG):
            benchmark(spec, overrides=overrides, results=results, refresh=refresh, resume=resume)


def check_folders() -> None:
    """Raise ExecutionError if Prefect's own server cannot write its folders: it would only hang."""
    folders = {"TMPDIR": os.environ.get("TMPDIR") or "/tmp"}
    if not os.environ.get("PREFECT_API_URL"):
        folders["PREFECT_HOME"] = os.environ.get("PREFECT_HOME") or str(Path.home() / ".prefect")
    for name, folder in folders.items():
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(NEEDED_BYTES))
        except OSError as error:
            raise ExecutionError(
                f"the folder {folder} cannot be written: {error.strerror or error}",
                f"free some space there, or set {name} to another folder",
            ) from error
