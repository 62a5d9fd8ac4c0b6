"""Workers for the tests of the pool: each does one thing wrong, or nothing much."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from tasks.measure.jobs import PointJob


def fine(job: PointJob, report: Callable[[int], None]) -> str:
    """Talks, reports and returns."""
    print("said on stdout")
    print("said on stderr", file=sys.stderr)
    for count in (1, 2, 3):
        report(count)
    return f"repeat {job.repeat}"


def session(job: PointJob, report: Callable[[int], None]) -> bool:
    """Whether it leads a session of its own."""
    return os.getsid(0) == os.getpid()


def hub(job: PointJob, report: Callable[[int], None]) -> tuple[str | None, str]:
    """The hub's token among its variables, and the hub that its libraries ask."""
    from huggingface_hub import constants

    return os.environ.get("HF_TOKEN"), constants.ENDPOINT


def fails(job: PointJob, report: Callable[[int], None]) -> None:
    """Raises with the key in its text."""
    assert job.endpoint.api_key is not None
    raise ValueError(f"the key {job.endpoint.api_key.get_secret_value()} is wrong\nand more")


def dies(job: PointJob, report: Callable[[int], None]) -> None:
    """Ends like a crash."""
    os._exit(7)


def forever(job: PointJob, report: Callable[[int], None]) -> None:
    """Says that it runs, then hangs."""
    report(1)
    time.sleep(600)
