"""The interface of a reader of another load generator's results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tasks.errors import InputError
from tasks.exchange.foreign_run import ForeignRun
from tasks.stats import PERCENTILE_NEEDS

MILLI = 0.001


class Reader(NamedTuple):
    """Reads the files of one tool.

    `recognises`: whether a file's JSON has this tool's form. `read`: the run in the JSON of the file at a
    path; raises InputError if a field that is needed is missing or odd.
    """

    tool: str
    recognises: Callable[[Any], bool]
    read: Callable[[Any, Path], ForeignRun]


def check_one_kind(concurrency: float | None, rate: float | None, path: Path) -> None:
    """Refuse a rate with a limit of requests at once: it is an open loop until the limit, then a closed one.

    Raises:
        InputError: a file has both.
    """
    if concurrency and rate:
        what = f"{path}: {rate:g} requests/s, at most {concurrency:g} at once, cannot be read"
        raise InputError(what, "import runs of one fixed load: a rate or a number at once")


def check_no_ramp(ramp: object, path: Path) -> None:
    """Refuse a load that grows with time.

    Raises:
        InputError: `ramp`, the file's setting of the growth, is not empty.
    """
    if ramp:
        raise InputError(f"{path}: a load that ramps up cannot be read", "import runs of one fixed load")


def enough_for(percent: int, succeeded: int) -> bool:
    """Whether so many requests have this percentile at all, by our own rule."""
    return succeeded >= PERCENTILE_NEEDS[percent]
