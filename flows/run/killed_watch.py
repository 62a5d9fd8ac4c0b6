"""A small process beside a run, which says how the run ended where the run itself no longer can.

Standard input is a pipe from the run: one line of JSON, then `over`, or its end: that comes when the run is
killed, as a worker does to its run when it is terminated. Only then anything is imported.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.config.results_location import ResultsLocation

OVER = b"over\n"
ENDS = {"RUNNING": "CRASHED", "CANCELLING": "CANCELLED"}
"""The state that a killed run ends in, by the one it was left in."""
LIMIT_S = 10.0
WORKER_S = 2.0
"""A worker that lives tells Prefect of the crash itself, within so long."""


@contextmanager
def watch_for_kill(results: ResultsLocation, folder: Path) -> Iterator[None]:
    """Have the end of this process noticed while the block lasts. `folder`: the run's, named by its id."""
    from prefect.runtime import flow_run
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL

    secret = PREFECT_API_AUTH_STRING.value()
    order = {
        "results": str(results),
        "folder": str(folder),
        "flow_run": flow_run.id if PREFECT_API_URL.value() else None,
        "api": PREFECT_API_URL.value(),
        "auth": secret.get_secret_value() if secret else None,
    }
    process = subprocess.Popen(
        (sys.executable, "-P", "-m", "flows.run.killed_watch"),  # -P: whatever lies in the working folder
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _say(process, json.dumps(order).encode() + b"\n")
    try:
        yield
    finally:
        _say(process, OVER)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=LIMIT_S)


def _say(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):  # it was killed: the next run says it then
        process.stdin.write(line)
        process.stdin.flush()


def main() -> None:
    """Wait for the end of the run; where it was killed, write so and tell Prefect."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # what ends the run's whole group must not end this
    line, word = sys.stdin.buffer.readline(), sys.stdin.buffer.readline()
    if line.endswith(b"\n") and word != OVER:
        order = json.loads(line)
        try:
            _record(order["results"], Path(order["folder"]))
        finally:  # Prefect is told, whatever becomes of the tables
            if order["flow_run"]:
                _crash(order["api"], order["auth"], order["flow_run"])


def _record(results: str, folder: Path) -> None:
    from tasks.config.results_location import results_location
    from tasks.record.run_lock import record_killed_runs
    from tasks.record.store import Store

    store, deadline = Store(results_location(results)), time.monotonic() + LIMIT_S
    while "running" in store.read("runs", folder.name)["outcome"].to_list() and time.monotonic() < deadline:
        if not record_killed_runs(store, folder.parent):
            time.sleep(0.1)  # its lock is freed in the same moment as its pipe, or in the next


def _crash(api: str, auth: str | None, flow_run: str) -> None:
    from operate.prefect_api import PrefectApi

    time.sleep(WORKER_S)
    with PrefectApi(api, auth) as prefect:
        state: dict[str, Any] = prefect.get(f"/flow_runs/{flow_run}")["state"] or {}
        if end := ENDS.get(str(state.get("type"))):
            killed = {"type": end, "message": "its process was killed"}
            prefect.send("POST", f"/flow_runs/{flow_run}/set_state", {"state": killed, "force": True})


if __name__ == "__main__":
    main()
