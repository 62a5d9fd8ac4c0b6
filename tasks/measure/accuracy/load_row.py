"""One of the other requests that were under way while a question set was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LOAD = "load.jsonl"
"""The file of these rows in the folder of a load process."""


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One request of the load.

    Attributes:
        number: its place among those of its process, in order of sending.
        sent_at: when it was sent, UTC.
        under_way_s: seconds from then until its answer, or its connection, ended.
        succeeded: whether a whole answer came.
        abandoned: whether its connection was closed because the last question was answered.
        output_tokens: the answer's length, as the server reports it.
        error: why it failed; None if it did not.
    """

    number: int
    sent_at: datetime
    under_way_s: float
    succeeded: bool
    abandoned: bool
    output_tokens: int | None
    error: str | None
