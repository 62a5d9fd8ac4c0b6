"""Messages from worker functions to the parent."""

from __future__ import annotations

import multiprocessing
import threading

from tasks.measure.processes.child_context import ChildContext, Progress


def test_reports_of_several_threads_arrive_whole() -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    context = ChildContext(sender)
    threads = [threading.Thread(target=context.report, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    received = [receiver.recv() for _ in threads]
    for thread in threads:
        thread.join()
    assert sorted(message.finished for message in received) == list(range(20))
    assert {type(message) for message in received} == {Progress}


def test_one_child_alone_starts_at_once() -> None:
    _, sender = multiprocessing.Pipe(duplex=False)
    ChildContext(sender).start_together()
