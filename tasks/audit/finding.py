"""The result of a check, and functions that build it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tasks.audit.verdict import CheckVerdict
from tasks.config.base import Frozen


class Finding(Frozen):
    """The result of a check: a sentence about the point, the measured `value` and its `limit`.

    `noted`: the sentence is shown as a note on the point although the verdict is valid or unchecked.
    """

    verdict: CheckVerdict
    sentence: str
    value: float | None = None
    limit: float | None = None
    noted: bool = False


def at_most(
    limit: float,
    value: float,
    worse: Literal["suspect", "invalid"],
    sentence: str,
    valid_sentence: str | None = None,
) -> Finding:
    """Compare a value with its upper limit.

    Args:
        limit: highest value that is valid.
        value: the measured value.
        worse: verdict above the limit.
        sentence: describes the value.
        valid_sentence: replaces `sentence` when the value is valid.
    """
    if value > limit:
        return Finding(verdict=worse, sentence=sentence, value=value, limit=limit)
    return Finding(verdict="valid", sentence=valid_sentence or sentence, value=value, limit=limit)


def unchecked(why: str) -> Finding:
    """Return the finding of a check whose data is missing; `why` says what is missing."""
    return Finding(verdict="unchecked", sentence=why)


def not_in_metrics(what: str, engine: str | None = None) -> Finding:
    """Return the finding for a missing or reset counter. `engine`: the engine, if it never reports `what`."""
    return unchecked(
        f"{engine} does not report {what}" if engine else f"the server's /metrics do not show {what}"
    )


def number_of(count: float, noun: str, plural: str = "") -> str:
    """Return `1 request` or `2 requests`. `plural`: the plural of `noun` if it is not `noun` plus s."""
    return f"{count:.0f} {noun if count == 1 else plural or noun + 's'}"


def total(values: Iterable[int | None]) -> float:
    """Return the sum of the values that are not None."""
    return float(sum(value or 0 for value in values))
