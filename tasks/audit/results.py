"""What the audit hands on: whether a point's figures can be believed, and why not."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen


class Verdict(Frozen):
    """`suspect` figures are shown with their reasons; `invalid` ones are never called best."""

    verdict: Literal["valid", "suspect", "invalid"]
    reasons: tuple[str, ...] = ()
