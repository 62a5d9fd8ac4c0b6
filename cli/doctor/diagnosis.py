"""The result of one check of the doctor."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen

Status = Literal["ok", "limited", "broken"]
"""`limited`: some specs cannot run. `broken`: none can."""


class Diagnosis(Frozen):
    """The name, status and text of a check, and a remedy if the status is not `ok`."""

    name: str
    status: Status
    text: str
    remedy: str = ""
