"""A measuring process as its parent sees it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import psutil

from tasks.errors import MeasureError, TokenizerError
from tasks.measure.processes import child, fork_server
from tasks.measure.processes.child_context import Failed, Message, Progress, Returned
from tasks.measure.processes.meeting import Meeting
from tasks.text import tail

STOPPED_LIMIT_S = 3.0
"""After being stopped for this many seconds, a measuring process has lost its measurement."""
LOG_LINES = 20


@dataclass(eq=False)
class RunningChild:
    """One measuring process, and the parent's end of its pipe.

    Attributes:
        finished: how many finished requests the process has reported.
        returned: what the worker function returned; None until then.
        stopped_since: when the process was first seen stopped (as by SIGSTOP); None while it runs.
    """

    job: child.Job
    process: BaseProcess
    pipe: Connection
    finished: int = 0
    returned: Returned | None = None
    stopped_since: float | None = None

    def read_message(self) -> Message:
        """Read one message and store its content.

        Raises:
            MeasureError: the child failed or died.
            TokenizerError: it cannot load the tokenizer.
        """
        try:
            message: Message = self.pipe.recv()
        except (EOFError, OSError):
            raise failure(self.job, "the measuring process ended without a result") from None
        match message:
            case Failed(reason, str(remedy)):
                raise TokenizerError(reason, remedy)
            case Failed(reason):
                raise failure(self.job, f"the measuring process failed: {reason}")
            case Returned():
                self.returned = message
            case Progress(finished):
                self.finished = finished
        return message

    def check_not_stopped(self) -> None:
        """Raise MeasureError if the process stays stopped, because the server would wrongly look idle."""
        try:
            stopped = psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return
        if not stopped:
            self.stopped_since = None
            return
        now = time.monotonic()
        self.stopped_since = self.stopped_since or now
        stopped_s = now - self.stopped_since
        if stopped_s >= STOPPED_LIMIT_S:
            what = f"the measuring process was stopped (as by SIGSTOP) for {stopped_s:.0f} s"
            raise failure(self.job, what)

    def kill(self) -> None:
        """Kill by SIGKILL: EvalScope ignores SIGTERM, and the child has nothing to save."""
        if self.process.pid is not None:
            self.process.kill()
            self.process.join(10)
        self.pipe.close()


def start_child(target: str, job: child.Job, meeting: Meeting | None) -> RunningChild:
    """Start a measuring process; raise MeasureError if it cannot be started.

    Args:
        target: `module:function` of the worker function.
        job: passed to the function; its folder is created and receives the process's output as worker.log.
        meeting: shared by all children of one measurement; None if there is only one child.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    receiver, sender = fork_server.CONTEXT.Pipe(duplex=False)
    arguments = (target, job, sender, meeting)
    process = fork_server.CONTEXT.Process(target=child.run_in_child, args=arguments, name=target)
    try:
        fork_server.start(process)
    except (OSError, EOFError) as error:
        raise failure(job, f"the measuring process could not be started: {error}") from error
    sender.close()
    return RunningChild(job, process, receiver)


def failure(job: child.Job, what: str) -> MeasureError:
    """Return the error of a failed measurement, with the end of its log."""
    log = job.folder / child.LOG
    return MeasureError(what, f"its log is {log}", tail(log, LOG_LINES))
