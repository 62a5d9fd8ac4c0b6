"""The result of one check of the doctor."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

Status = Literal["ok", "limited", "broken"]
"""`limited`: some specs cannot run. `broken`: none can."""


class Diagnosis(Frozen):
    """What was checked, how it is, and what to do if it is not ok."""

    name: str
    status: Status
    text: str
    remedy: str = ""
