"""What watching hands on: figures over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure at one moment (UTC). `source`: server, gpu, client or machine; `metric`: its name there."""

    time: datetime
    source: str
    metric: str
    value: float
