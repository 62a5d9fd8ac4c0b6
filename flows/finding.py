"""One thing that the doctor looked at."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

Grade = Literal["ok", "limited", "broken"]


class Finding(Frozen):
    """One thing: `limited` means that some specs cannot run, `broken` that none can."""

    name: str
    grade: Grade
    text: str
    remedy: str = ""
