"""The interface of a reader of another load generator's results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

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


def enough_for(percent: int, succeeded: int) -> bool:
    """Whether so many requests have this percentile at all, by our own rule."""
    return succeeded >= PERCENTILE_NEEDS[percent]
