"""A run in this process: a Prefect server of its own where none is configured, progress on the terminal."""

from __future__ import annotations

import os
from pathlib import Path

# Read when Prefect is imported, so set before. The console belongs to the stage lines; Prefect's own log
# lines, tracebacks of failed points among them, stay in its UI.
SETTINGS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "DO_NOT_TRACK": "1",
}


def run_here(spec: str, overrides: list[str], results: Path, refresh: bool) -> None:
    """Run the flow `benchmark` and print its report.

    Raises:
        ServegaugeError: as the flow does.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows import show
    from flows.benchmark import benchmark
    from tasks.measure import pool

    show.show_on_terminal()
    # Heartbeats tell a worker that a flow lives; here they would only add a second to the flow's end.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        try:
            benchmark(spec, overrides=overrides, results=str(results), refresh=refresh)
        finally:
            pool.shut_down()  # it would end with this process, but a moment later
