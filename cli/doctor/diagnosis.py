"""One thing that the doctor looked at."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

Status = Literal["ok", "limited", "broken"]


class Diagnosis(Frozen):
    """One thing: `limited` means that some specs cannot run, `broken` that none can."""

    name: str
    grade: Status
    text: str
    remedy: str = ""
