"""What the load processes of one point return; the point's figures are computed from it."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured load: a row for each request, in order of sending, and readings of the load generator.

    `duration_s`: from the first measured request's due time to the end of the last one, over all processes.
    `error`: why a load process failed. If one fails, the whole point fails and `rows` is empty.
    """

    rows: tuple[RequestRow, ...]
    duration_s: float
    readings: tuple[Reading, ...] = ()
    error: str | None = None

    @property
    def complete(self) -> bool:
        """Whether every measured request succeeded or was abandoned on purpose."""
        return bool(self.rows) and all(row.succeeded or row.abandoned for row in self.rows if not row.warmup)
