"""Measuring processes: forked from a server that has EvalScope imported, watched, never left behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from tasks.errors import MeasureError
from tasks.measure import child

TICK_S = 0.25
"""How soon a dead server, a dead child or the time limit is noticed."""

PARENT = "SERVEGAUGE_POOL_PARENT"
"""Tells the fork server whom to watch while it imports."""

_context = multiprocessing.get_context("forkserver")
_starting = threading.Lock()


def warm_up() -> None:
    """Start the fork server and return at once; it imports EvalScope (4 s) meanwhile."""
    with _bare_main():
        _context.set_forkserver_preload(["tasks.measure.preload"])
        os.environ[PARENT] = str(os.getpid())
        forkserver.ensure_running()
        del os.environ[PARENT]


def shut_down() -> None:
    """End the fork server now, even in the middle of its imports; without this it ends with the process."""
    server: Any = forkserver._forkserver
    if pid := server._forkserver_pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        server._stop()


def run_job(
    target: str,
    job: child.Job,
    *,
    check: Callable[[], None],
    progress: Callable[[int], None],
    timeout_s: float,
) -> object:
    """Run `module:function` on a job in a child process and return what it returns.

    Args:
        target: a function of (job, report) where report takes a count of finished requests.
        job: its `folder` is made, and gets the child's output as worker.log.
        check: called every 0.25 s and at the end; what it raises ends the child and passes through.
        progress: called with the counts that the child reports.
        timeout_s: after which the child is ended.

    Raises:
        MeasureError: the child failed, died or ran out of time.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    receiver, sender = _context.Pipe(duplex=False)
    process = _context.Process(target=child.enter, args=(target, job, sender), name=target)
    try:
        _start(process, job)
        sender.close()
        return _listen(process, receiver, job, check, progress, time.monotonic() + timeout_s)
    finally:
        _end(process)
        receiver.close()


def _start(process: BaseProcess, job: child.Job) -> None:
    try:
        warm_up()
        with _bare_main():
            process.start()
    except (OSError, EOFError) as error:
        raise _failure(job, f"the measuring process could not be started: {error}") from error


def _listen(
    process: BaseProcess,
    receiver: Connection,
    job: child.Job,
    check: Callable[[], None],
    progress: Callable[[int], None],
    deadline: float,
) -> object:
    while time.monotonic() < deadline:
        ready = wait([receiver, process.sentinel], TICK_S)
        check()  # first: requests that failed because the server died are no result
        if receiver in ready:
            kind, value = _receive(receiver, job)
            if kind == "done":
                return value
            if kind == "failed":
                raise _failure(job, f"the measuring process failed: {value}")
            progress(value)
        elif ready:
            raise _failure(job, f"the measuring process ended by itself with code {process.exitcode}")
    raise _failure(job, "the measurement did not end within its time limit")


def _receive(receiver: Connection, job: child.Job) -> tuple[str, int]:
    try:
        kind, value = receiver.recv()
    except (EOFError, OSError):
        raise _failure(job, "the measuring process ended without a result") from None
    return kind, value


def _end(process: BaseProcess) -> None:
    """SIGKILL: EvalScope swallows SIGTERM, and the child has nothing to save."""
    if process.pid is not None:
        process.kill()
        process.join(10)


def _failure(job: child.Job, what: str) -> MeasureError:
    log = job.folder / child.LOG
    tail = ""
    with contextlib.suppress(OSError):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    return MeasureError(what, f"its log is {log}", tail)


@contextlib.contextmanager
def _bare_main() -> Iterator[None]:
    """Hide the main module: each child would import it again, and with it Prefect (seconds a point)."""
    main = sys.modules["__main__"]
    with _starting:
        kept: dict[str, Any] = {
            name: main.__dict__[name] for name in ("__file__", "__spec__") if name in main.__dict__
        }
        try:
            main.__dict__.update(dict.fromkeys(kept))
            yield
        finally:
            main.__dict__.update(kept)
