"""The killed watch: a small process beside a run. If the run is killed, the watch records that.

Its standard input is a pipe from the run. The run writes one line of JSON, and `over` when it ends by itself.
If the run is killed, for example by a worker that is being terminated, the pipe closes without `over`. Only
then does the watch import the modules for the tables and for Prefect, so that they cost the measurement
nothing.
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

from flows.run.flow_task import in_flow
from tasks.config.results_location import ResultsLocation

OVER = b"over\n"
FINAL_STATES = {"RUNNING": "CRASHED", "CANCELLING": "CANCELLED"}
"""The Prefect state that a killed run ends in, by the state that it was in."""
LIMIT_S = 10.0
WORKER_S = 2.0
"""Seconds that the watch waits, because the run's worker, if alive, reports the crash to Prefect first."""


@contextmanager
def watch_for_kill(results: ResultsLocation, folder: Path) -> Iterator[None]:
    """Run the killed watch inside the block.

    Args:
        results: where the run's row is.
        folder: the run's folder, named by its id.
    """
    process = subprocess.Popen(
        (sys.executable, "-P", "-m", "flows.run.killed_watch"),  # -P: no imports from the working directory
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _send(process, json.dumps(_run_details(results, folder)).encode() + b"\n")
    try:
        yield
    finally:
        _send(process, OVER)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=LIMIT_S)


def _run_details(results: ResultsLocation, folder: Path) -> dict[str, str | None]:
    details: dict[str, str | None] = {"results": str(results), "folder": str(folder), "flow_run": None}
    if not in_flow():
        return details
    from prefect.runtime import flow_run
    from prefect.settings import PREFECT_API_AUTH_STRING

    from flows.run.own_prefect_server import shared_api_url

    api, secret = shared_api_url(), PREFECT_API_AUTH_STRING.value()
    if not api:  # the run's own server ends with the run
        return details
    return {
        **details,
        "flow_run": flow_run.id,
        "api": api,
        "auth": secret.get_secret_value() if secret else None,
    }


def _send(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):  # the watch itself was killed: the next run does its work
        process.stdin.write(line)
        process.stdin.flush()


def main() -> None:
    """Wait for the end of the run; if it was killed, record that and report it to Prefect."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a signal to the run's process group must not end the watch
    details, end = sys.stdin.buffer.readline(), sys.stdin.buffer.readline()
    if not details.endswith(b"\n") or end == OVER:
        return
    run = json.loads(details)
    try:
        _record_killed(run["results"], Path(run["folder"]))
    finally:  # report to Prefect even if the tables cannot be written
        if run["flow_run"]:
            _end_flow_run(run["api"], run["auth"], run["flow_run"])


def _record_killed(results: str, folder: Path) -> None:
    from tasks.config.results_location import results_location
    from tasks.record.run_lock import record_killed_runs
    from tasks.record.store import Store

    store, deadline = Store(results_location(results)), time.monotonic() + LIMIT_S
    while "running" in store.read("runs", folder.name)["outcome"].to_list() and time.monotonic() < deadline:
        if not record_killed_runs(store, folder.parent):
            time.sleep(0.1)  # the kernel frees the run's lock when it closes the pipe, or shortly after


def _end_flow_run(api: str, auth: str | None, flow_run: str) -> None:
    from operate.prefect_api import PrefectApi

    time.sleep(WORKER_S)
    with PrefectApi(api, auth) as prefect:
        state: dict[str, Any] = prefect.get(f"/flow_runs/{flow_run}")["state"] or {}
        final = FINAL_STATES.get(str(state.get("type")))
        if final:
            killed = {"type": final, "message": "its process was killed"}
            prefect.send("POST", f"/flow_runs/{flow_run}/set_state", {"state": killed, "force": True})


if __name__ == "__main__":
    main()
