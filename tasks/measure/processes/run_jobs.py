"""Runs each job in its own measuring process, and ends all these processes afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait

from tasks.measure.processes import child, fork_server
from tasks.measure.processes.child_context import Progress
from tasks.measure.processes.meeting import Meeting
from tasks.measure.processes.running_child import RunningChild, failure, start_child

CHECK_INTERVAL_S = 0.25
"""Seconds within which a dead server, a dead child or the time limit is noticed."""
Work = tuple[str, child.Job]
"""`module:function` of a worker function, and its job."""


def run_job(
    target: str,
    job: child.Job,
    *,
    check: Callable[[], None],
    progress: Callable[[int], None],
    timeout_s: float,
) -> object:
    """Call `module:function` on a job in a child process and return its result; see `run_works`."""
    return run_jobs(target, (job,), check=check, progress=progress, timeout_s=timeout_s)[0]


def run_jobs(
    target: str,
    jobs: Sequence[child.Job],
    *,
    check: Callable[[], None],
    progress: Callable[[int], None],
    timeout_s: float,
) -> tuple[object, ...]:
    """Call `module:function` on each job, in child processes, at the same time; see `run_works`."""
    works = [(target, job) for job in jobs]
    return run_works(works, check=check, progress=progress, timeout_s=timeout_s)


def run_works(
    works: Sequence[Work],
    *,
    check: Callable[[], None],
    progress: Callable[[int], None],
    timeout_s: float,
) -> tuple[object, ...]:
    """Call a function on a job in each child process, all at the same time.

    Args:
        works: functions that take (job, ChildContext), and their jobs; the `folder` of each job is created
            and receives the child's output as worker.log.
        check: called every 0.25 s and at the end. If it raises, the children are killed and the error
            is not caught.
        progress: called with the number of finished requests, summed over the children.
        timeout_s: seconds after which the children are killed.

    Returns:
        The return value of each child, in the order of `works`.

    Raises:
        MeasureError: a child failed, died or ran out of time. No child is left running.
    """
    meeting = Meeting(fork_server.CONTEXT, len(works)) if len(works) > 1 else None
    children: list[RunningChild] = []
    with ExitStack() as cleanup:
        for target, job in works:
            started = start_child(target, job, meeting)
            cleanup.callback(started.kill)
            children.append(started)
        return _wait_for_results(children, check, progress, time.monotonic() + timeout_s)


def _wait_for_results(
    children: Sequence[RunningChild],
    check: Callable[[], None],
    progress: Callable[[int], None],
    deadline: float,
) -> tuple[object, ...]:
    while time.monotonic() < deadline:
        results = [each.returned for each in children if each.returned is not None]
        if len(results) == len(children):
            return tuple(result.value for result in results)
        running = [each for each in children if each.returned is None]
        ready = _wait_for_events(running)
        check()  # before reading results: if the server died, they are worthless
        for each in running:
            each.check_not_stopped()
            if each.pipe in ready:
                if isinstance(each.read_message(), Progress):
                    progress(sum(one.finished for one in children))
            elif each.process.sentinel in ready:
                code = each.process.exitcode
                raise failure(each.job, f"the measuring process ended by itself with code {code}")
    raise failure(children[0].job, "the measurement did not end within its time limit")


def _wait_for_events(running: Sequence[RunningChild]) -> Sequence[object]:
    """Wait for a message or the end of a process; return the pipes and sentinels that are ready."""
    sources: list[Connection | int] = []
    for each in running:
        sources.extend((each.pipe, each.process.sentinel))
    return wait(sources, CHECK_INTERVAL_S)
