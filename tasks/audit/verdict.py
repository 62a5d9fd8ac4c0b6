"""The verdict on a point and on each of its checks."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

CheckVerdict = Literal["valid", "unchecked", "suspect", "invalid"]
"""The verdict of one check, from best to worst. `unchecked`: data that the check needs is missing."""


class Check(Frozen):
    """The outcome of one check of one point.

    `value` and `limit` are in the check's own unit (docs/metrics.md), or None.
    """

    check: str
    verdict: CheckVerdict
    sentence: str
    value: float | None = None
    limit: float | None = None


class Verdict(Frozen):
    """The worst verdict of a point's checks.

    `reasons`: why the point is suspect or invalid, worst first; empty for a valid point. `notes`: sentences
    worth reading that make no figure doubtful. `suspect` figures are shown with their reasons. `invalid`
    figures are left out of charts and comparisons.
    """

    verdict: Literal["valid", "suspect", "invalid"]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
