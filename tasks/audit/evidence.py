"""All that is known of one point: what the client saw, and what the server counted meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tasks.config.base import Frozen
from tasks.config.sweep import Sweep
from tasks.measure.results import PointResult, Reading, RequestRow
from tasks.probe.metrics import ServerMetrics


class Finding(Frozen):
    """What one check has to say. `note`: worth knowing; `suspect`: doubtful; `broken`: do not use."""

    level: Literal["note", "suspect", "broken"]
    sentence: str


@dataclass(frozen=True)
class Evidence:
    """One point. `before` and `after` are the server's counters around it, warm-up included."""

    sweep: Sweep
    result: PointResult
    rows: tuple[RequestRow, ...]
    before: ServerMetrics | None
    after: ServerMetrics | None
    readings: tuple[Reading, ...] = ()
    """The client's own, taken while it measured."""

    @cached_property
    def succeeded(self) -> tuple[RequestRow, ...]:
        """Every request that came back whole, warm-up included: what the server counts too."""
        return tuple(row for row in self.rows if row.succeeded)

    @cached_property
    def good(self) -> tuple[RequestRow, ...]:
        """The measured requests that came back whole, as they were sent: what the figures are made of."""
        return tuple(row for row in self.succeeded if not row.warmup)

    def client(self, metric: str) -> list[float]:
        """The client's readings of a metric, of all its processes."""
        return [
            reading.value
            for reading in self.readings
            if reading.source == "client" and reading.metric.startswith(metric)
        ]

    def counted(self, name: str) -> float | None:
        """What the server added to its counter `vllm:NAME` meanwhile; None where it has none."""
        if self.before is None or self.after is None:
            return None
        key = f"vllm:{name}"
        if key not in self.after.counters:
            return None
        return self.after.counters[key] - self.before.counters.get(key, 0.0)

    @property
    def restarted(self) -> bool:
        """Counters only grow, so one that shrank was started anew."""
        return any(
            (change := self.counted(name)) is not None and change < 0
            for name in ("prompt_tokens_total", "generation_tokens_total", "request_success_total")
        )
