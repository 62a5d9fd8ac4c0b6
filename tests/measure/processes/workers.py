"""Worker functions for the tests of measuring processes."""

from __future__ import annotations

import os
import sys
import time

from tasks.measure.jobs import PointJob
from tasks.measure.processes.child_context import ChildContext


def prints_and_reports(job: PointJob, context: ChildContext) -> str:
    """Print, report three requests, and return the job's repeat."""
    print("printed to stdout")
    print("printed to stderr", file=sys.stderr)
    for finished in (1, 2, 3):
        context.report(finished)
    return f"repeat {job.repeat}"


def leads_session(job: PointJob, context: ChildContext) -> bool:
    """Return whether the process leads a session of its own."""
    return os.getsid(0) == os.getpid()


def no_proxy(job: PointJob, context: ChildContext) -> str | None:
    """Return the hosts for which no proxy is asked."""
    return os.environ.get("NO_PROXY")


def start_times(job: PointJob, context: ChildContext) -> tuple[float, float]:
    """Return when this process was ready, the later the higher its repeat, and when all start together."""
    time.sleep(0.3 * job.repeat)
    return time.perf_counter(), context.start_together()


def hub(job: PointJob, context: ChildContext) -> tuple[str | None, str]:
    """Return the hub's token and address as its library knows them."""
    from huggingface_hub import constants

    return os.environ.get("HF_TOKEN"), constants.ENDPOINT


def raises_with_key(job: PointJob, context: ChildContext) -> None:
    """Raise an error whose text holds the endpoint's key."""
    assert job.endpoint.api_key is not None
    raise ValueError(f"the key {job.endpoint.api_key.get_secret_value()} is wrong\nand more")


def crashes(job: PointJob, context: ChildContext) -> None:
    """End the process without a message to its parent."""
    os._exit(7)


def hangs(job: PointJob, context: ChildContext) -> None:
    """Report one request, then never return."""
    context.report(1)
    time.sleep(600)


def has_tokenizers(job: PointJob, context: ChildContext) -> bool:
    """Return whether this process began with the modules that load a tokenizer."""
    return "transformers.models.auto.tokenization_auto" in sys.modules
