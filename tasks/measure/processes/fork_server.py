"""The fork server that every measuring process is forked from, with EvalScope imported."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

PARENT = "SERVEGAUGE_FORK_SERVER_PARENT"
"""Variable with the process ID that the fork server watches while it imports."""

# Module state on purpose: Python has one fork server a process (`forkserver._forkserver`), so there is one
# context to start it with, and one lock for the main module that a start changes for a moment.
CONTEXT = multiprocessing.get_context("forkserver")
_start_lock = threading.Lock()


def warm_up() -> None:
    """Start the fork server and return at once; it imports EvalScope in the background (4 s)."""
    with _main_module_hidden():
        CONTEXT.set_forkserver_preload(["tasks.measure.processes.preload"])
        os.environ[PARENT] = str(os.getpid())
        forkserver.ensure_running()
        del os.environ[PARENT]


def start(process: BaseProcess) -> None:
    """Start a process of CONTEXT; raises OSError or EOFError where the fork server fails."""
    warm_up()
    with _main_module_hidden():
        process.start()


def shut_down() -> None:
    """Kill the fork server, even while it imports. Without this call it ends with the process."""
    server: Any = forkserver._forkserver
    if server._forkserver_pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
        server._stop()


@contextlib.contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Hide the main module: each child would import it, and with it Prefect, which takes seconds a point."""
    main = sys.modules["__main__"].__dict__
    with _start_lock:
        hidden: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
        try:
            main.update(dict.fromkeys(hidden))
            yield
        finally:
            main.update(hidden)
