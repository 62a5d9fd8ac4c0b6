"""The child's side of a job: sets the process up, calls the worker function, sends the result."""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import resource
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

from tasks.errors import TokenizerError
from tasks.measure.jobs import AccuracyJob, PointJob
from tasks.measure.processes.child_context import ChildContext, Failed, Returned
from tasks.measure.processes.meeting import Meeting
from tasks.measure.row_files import one_line
from tasks.serve.endpoint import Endpoint
from tasks.serve.loopback import LOOPBACK_HOSTS

Job = PointJob | AccuracyJob
LOG = "worker.log"
"""The file in a job's folder that receives the process's stdout and stderr."""


def run_in_child(target: str, job: Job, pipe: Connection, meeting: Meeting | None = None) -> None:
    """Call a worker function, and send its return value or the reason of its failure to the parent.

    Args:
        target: `module:function` of a function that takes (job, ChildContext).
        job: the function's first argument.
        pipe: the end that sends to the parent.
        meeting: shared by all children of one measurement; None if there is only one child.
    """
    _set_process_up(job)
    context = ChildContext(pipe, meeting)
    try:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
        context.send(Returned(function(job, context)))
    except BaseException as error:
        traceback.print_exc()
        context.send(_failed(error, job.endpoint))
    sys.stdout.flush()
    sys.stderr.flush()


def _set_process_up(job: Job) -> None:
    _send_output_to(job.folder / LOG)
    _raise_open_file_limit()
    # In its own session, the process does not receive Ctrl-C; the parent ends it. Linux also shares CPU time
    # among sessions first (sched_autogroup), so other busy processes delay the measurement far less.
    os.setsid()
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    if job.endpoint.is_local:
        _bypass_proxies(job.endpoint.url)


def _send_output_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _raise_open_file_limit() -> None:
    """Raise the open file limit to the hard limit: each connection needs a file, and the default is 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _exit_with_parent() -> None:
    """Exit when the parent has ended, even by SIGKILL: the kernel then closes the parent's end of a pipe."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _bypass_proxies(url: str) -> None:
    """Send requests to this machine without a proxy, which cannot reach the machine's loopback address."""
    hosts = ",".join((*LOOPBACK_HOSTS, urlsplit(url).hostname or ""))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = hosts


def _failed(error: BaseException, endpoint: Endpoint) -> Failed:
    """Return the message for the parent: every later measurement would fail by a TokenizerError as well."""
    if isinstance(error, TokenizerError):
        return Failed(one_line(error.what, endpoint.masked), error.remedy)
    return Failed(_reason(error, endpoint))


def _reason(error: BaseException, endpoint: Endpoint) -> str:
    """Return an error as one line of text, without the endpoint's secrets."""
    name = type(error).__name__
    return one_line(f"{name}: {error}" if str(error) else name, endpoint.masked)
