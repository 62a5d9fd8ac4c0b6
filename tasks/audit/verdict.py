"""What the audit hands on: whether a point's figures can be believed, and what each check found."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

Grade = Literal["valid", "unchecked", "suspect", "invalid"]
"""Of a check, from best to worst. `unchecked`: what it needs is not there, which speaks against nothing."""


class Check(Frozen):
    """One check of one point. `value` and `limit` are in its own unit (docs/metrics.md), None without one."""

    check: str
    verdict: Grade
    sentence: str
    value: float | None = None
    limit: float | None = None


class Verdict(Frozen):
    """The worst of a point's checks, and the sentences of those that have something to say, the worst first.

    `suspect` figures are shown with their reasons; `invalid` ones are never called best.
    """

    verdict: Literal["valid", "suspect", "invalid"]
    reasons: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
