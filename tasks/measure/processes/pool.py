"""Measuring processes: forked from a server that has EvalScope imported, watched, never left behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any

import psutil

from tasks.errors import MeasureError
from tasks.measure.processes import child

TICK_S = 0.25
"""How soon a dead server, a dead child or the time limit is noticed."""
STOPPED_S = 3.0
"""A measurement that stood still for so long is lost."""

PARENT = "SERVEGAUGE_POOL_PARENT"
"""Tells the fork server whom to watch while it imports."""

_context = multiprocessing.get_context("forkserver")
_starting = threading.Lock()


def warm_up() -> None:
    """Start the fork server and return at once; it imports EvalScope (4 s) meanwhile."""
    with _bare_main():
        _context.set_forkserver_preload(["tasks.measure.processes.preload"])
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
    """Run `module:function` on a job in a child process and return what it returns; as `run_jobs`."""
    return run_jobs(target, (job,), check=check, progress=progress, timeout_s=timeout_s)[0]


def run_jobs(
    target: str,
    jobs: Sequence[child.Job],
    *,
    check: Callable[[], None],
    progress: Callable[[int], None],
    timeout_s: float,
) -> tuple[object, ...]:
    """Run `module:function` on each job in a child process of its own; all of them at the same time.

    Args:
        target: a function of (job, report) where report takes a count of finished requests. It may call
            `child.together`, which returns in all children at the same moment.
        jobs: the `folder` of each is made, and gets the child's output as worker.log.
        check: called every 0.25 s and at the end; what it raises ends the children and passes through.
        progress: called with the sum of the counts that the children report.
        timeout_s: after which the children are ended.

    Returns:
        What each child returned, in order.

    Raises:
        MeasureError: a child failed, died or ran out of time; none is left running.
    """
    barrier = _context.Barrier(len(jobs)) if len(jobs) > 1 else None
    children: list[_Child] = []
    try:
        children.extend(_started(target, job, barrier) for job in jobs)
        return _listen(children, check, progress, time.monotonic() + timeout_s)
    finally:
        for each in children:
            _end(each)


@dataclass
class _Child:
    """One measuring process; `result` has one value once it is done."""

    job: child.Job
    process: BaseProcess
    receiver: Connection
    count: int = 0
    stopped_at: float | None = None
    result: list[object] = field(default_factory=list)


def _started(target: str, job: child.Job, barrier: Barrier | None) -> _Child:
    job.folder.mkdir(parents=True, exist_ok=True)
    receiver, sender = _context.Pipe(duplex=False)
    process = _context.Process(target=child.run_in_child, args=(target, job, sender, barrier), name=target)
    try:
        warm_up()
        with _bare_main():
            process.start()
    except (OSError, EOFError) as error:
        raise _failure(job, f"the measuring process could not be started: {error}") from error
    sender.close()
    return _Child(job, process, receiver)


def _listen(
    children: Sequence[_Child], check: Callable[[], None], progress: Callable[[int], None], deadline: float
) -> tuple[object, ...]:
    while time.monotonic() < deadline:
        running = [each for each in children if not each.result]
        if not running:
            return tuple(each.result[0] for each in children)
        ready = wait(
            [source for each in running for source in (each.receiver, each.process.sentinel)], TICK_S
        )
        check()  # first: requests that failed because the server died are no result
        for each in running:
            _see_it_run(each)
            if each.receiver in ready:
                if _hear(each):
                    progress(sum(one.count for one in children))
            elif each.process.sentinel in ready:
                code = each.process.exitcode
                raise _failure(each.job, f"the measuring process ended by itself with code {code}")
    raise _failure(children[0].job, "the measurement did not end within its time limit")


def _hear(each: _Child) -> bool:
    """Take one message; whether it was a count."""
    try:
        kind, value = each.receiver.recv()
    except (EOFError, OSError):
        raise _failure(each.job, "the measuring process ended without a result") from None
    if kind == "failed":
        raise _failure(each.job, f"the measuring process failed: {value}")
    if kind == "done":
        each.result.append(value)
    else:
        each.count = value
    return not each.result


def _see_it_run(each: _Child) -> None:
    """One that is stopped hears nothing, and would have the server look idle."""
    try:
        stopped = psutil.Process(each.process.pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return
    if not stopped:
        each.stopped_at = None
        return
    each.stopped_at = each.stopped_at or time.monotonic()
    if (stopped_s := time.monotonic() - each.stopped_at) >= STOPPED_S:
        raise _failure(each.job, f"the measuring process was stopped (as by SIGSTOP) for {stopped_s:.0f} s")


def _end(each: _Child) -> None:
    """SIGKILL: EvalScope swallows SIGTERM, and the child has nothing to save."""
    if each.process.pid is not None:
        each.process.kill()
        each.process.join(10)
    each.receiver.close()


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
