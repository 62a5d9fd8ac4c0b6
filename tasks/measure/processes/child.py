"""The child's side of a job: output to the log, an eye on the parent, the result through the pipe."""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import resource
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from urllib.parse import urlsplit

from tasks.measure.jobs import AccuracyJob, PointJob
from tasks.measure.row_files import one_line
from tasks.serve.loopback import LOOPBACK_HOSTS

Job = PointJob | AccuracyJob
Report = Callable[[int], None]
LOG = "worker.log"


START_S = 600.0
"""Room for the slowest of several processes to make its prompts."""

_barrier: Barrier | None = None


def start_together() -> None:
    """Return at the same moment in all children of one measurement; at once where there is one alone."""
    if _barrier is not None:
        _barrier.wait(START_S)


def run_in_child(target: str, job: Job, pipe: Connection, barrier: Barrier | None = None) -> None:
    """Run `module:function` with the job; sends ("progress", n), then ("done", value) or ("failed", text)."""
    global _barrier
    _barrier = barrier
    _log_to(job.folder / LOG)
    _allow_files()
    # A session of its own. Ctrl-C does not reach it: the parent decides. And Linux shares processors among
    # sessions first (sched_autogroup), so that busy neighbours hold up a measurement's clock far less.
    os.setsid()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if job.endpoint.is_local:  # a proxy cannot reach this machine's loopback
        host = urlsplit(job.endpoint.url).hostname or ""
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join((*LOOPBACK_HOSTS, host))
    lock = threading.Lock()

    def send(kind: str, value: object) -> None:
        with lock:
            pipe.send((kind, value))

    try:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
        send("done", function(job, lambda count: send("progress", count)))
    except BaseException as error:
        traceback.print_exc()
        key = job.endpoint.api_key
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        send("failed", one_line(text, key.get_secret_value() if key else None))
    sys.stdout.flush()
    sys.stderr.flush()


def _log_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _allow_files() -> None:
    """As many open files as may be: each connection is one, and the usual soft limit is 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end_with_parent() -> None:
    """A pipe that only the parent holds open: it closes however the parent ends, SIGKILL included."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
