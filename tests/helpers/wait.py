"""Waiting for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], limit_s: float = 60.0, pause_s: float = 0.05) -> T:
    """Call `condition` until its result is true or the limit is over. Returns the last result."""
    deadline = time.monotonic() + limit_s
    result = condition()
    while not result and time.monotonic() < deadline:
        time.sleep(pause_s)
        result = condition()
    return result
