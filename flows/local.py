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
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "",
    "DO_NOT_TRACK": "1",
}


def run_here(spec: str, overrides: list[str], results: Path, refresh: bool) -> None:
    """Run the flow `benchmark` and print its report.

    Raises:
        ServegaugeError: as the flow does.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    from flows import show
    from flows.benchmark import benchmark

    show.show_on_terminal()
    benchmark(spec, overrides, str(results), refresh)
