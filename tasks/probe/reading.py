"""Reading: one value of the telemetry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one metric at one moment (UTC). `source`: server, gpu, client or machine."""

    time: datetime
    source: str
    metric: str
    value: float
