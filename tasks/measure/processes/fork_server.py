"""The fork server, which has imported EvalScope and forks every measuring process."""

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
"""The environment variable with the parent's process ID, which the fork server watches while it imports."""

# Module state on purpose: Python has one fork server per process (`forkserver._forkserver`), so one context
# starts it. The lock guards the main module, which every start changes for a moment.
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
    """Start a process of CONTEXT; raise OSError or EOFError if the fork server fails."""
    warm_up()
    with _main_module_hidden():
        process.start()


def shut_down() -> None:
    """Kill the fork server, even while it imports. Without this call it ends when this process ends."""
    server: Any = forkserver._forkserver
    if server._forkserver_pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
        server._stop()


@contextlib.contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Hide the main module from child processes.

    Each child would otherwise import it, and with it Prefect, which takes seconds per point.
    """
    main = sys.modules["__main__"].__dict__
    with _start_lock:
        hidden: dict[str, Any] = {name: main[name] for name in ("__file__", "__spec__") if name in main}
        try:
            main.update(dict.fromkeys(hidden))
            yield
        finally:
            main.update(hidden)
