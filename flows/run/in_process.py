"""A run in this process: a Prefect server of its own where none is configured, progress on the terminal."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from operate.work_pool import TAG
from tasks.errors import ExecutionError

# Read when Prefect is imported, so set before. The console belongs to the stage lines; Prefect's own log
# lines, tracebacks of failed points among them, stay in its UI.
SETTINGS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}

ROOM_BYTES = 2**20


def run_in_process(spec: str, overrides: list[str], results: str, refresh: bool) -> None:
    """Run the flow `benchmark` and print its report.

    Raises:
        ExecutionError: Prefect's own server cannot start here.
        ServegaugeError: as the flow does.
    """
    _check_folders()
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    from tasks.measure.processes import pool

    pool.warm_up()  # its seconds of imports pass while Prefect's do
    from prefect import tags
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.benchmark import benchmark
    from flows.ui import console

    console.show_on_terminal()
    # Heartbeats tell a worker that a flow lives; here they would only add a second to the flow's end.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), tags(TAG):
        try:
            benchmark(spec, overrides=overrides, results=results, refresh=refresh)
        except RuntimeError as error:
            if "ephemeral Prefect API server" not in str(error):
                raise
            raise ExecutionError(
                "Prefect's own server did not start in its time",
                "end what else keeps the machine busy, or use another server: set PREFECT_API_URL",
            ) from error
        finally:
            pool.shut_down()  # it would end with this process, but a moment later


def _check_folders() -> None:
    """Prefect's own server says nothing of a folder that it cannot write: it is waited for, to no end."""
    folders = {"TMPDIR": os.environ.get("TMPDIR") or "/tmp"}
    if not os.environ.get("PREFECT_API_URL"):
        folders["PREFECT_HOME"] = os.environ.get("PREFECT_HOME") or str(Path.home() / ".prefect")
    for name, folder in folders.items():
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(ROOM_BYTES))
        except OSError as error:
            raise ExecutionError(
                f"the folder {folder} cannot be written: {error.strerror or error}",
                f"free some space there, or set {name} to another folder",
            ) from error
