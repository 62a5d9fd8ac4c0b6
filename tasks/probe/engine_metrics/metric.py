"""One metric of an engine, and the table of all metrics of one engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tasks.probe.engine_metrics.meaning import Meaning

Kind = Literal["counter", "gauge"]
"""A counter only grows until the server restarts."""
Unit = Literal["requests", "tokens", "drafts", "s", "ms", "share", "%"]
Combination = Literal["sum", "highest", "mean"]
"""How samples of one metric with different labels are combined into one value."""
FACTORS: Mapping[Unit, float] = {"ms": 0.001, "%": 0.01}
"""The factor that converts a value to seconds or a share; 1 for the units that are not listed."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The name of a sample on an engine's /metrics page, and its meaning.

    `older`: names of the same metric in earlier versions of the engine.
    """

    meaning: Meaning
    name: str
    kind: Kind
    unit: Unit
    combine: Combination = "sum"
    older: tuple[str, ...] = ()

    @property
    def factor(self) -> float:
        """The factor that converts a recorded value to the meaning's unit."""
        return FACTORS.get(self.unit, 1.0)


@dataclass(frozen=True, slots=True)
class EngineMetrics:
    """All metrics that are read from one engine.

    `copied_by`: labels that distinguish processes which all report the same requests, such as tensor-parallel
    ranks; the highest of their samples counts. `counts_each_step`: a counter changes in every engine step, so
    a page that stays the same means that the engine stalls. `shows_all_drafting`: a page without counters of
    drafts means that the engine does no speculative decoding.
    """

    engine: str
    metrics: tuple[Metric, ...]
    copied_by: frozenset[str] = frozenset()
    counts_each_step: bool = False
    shows_all_drafting: bool = False

    def has(self, meaning: Meaning) -> bool:
        """Return whether some version of the engine, with suitable settings, reports `meaning`."""
        return any(metric.meaning is meaning for metric in self.metrics)


def counter(meaning: Meaning, name: str, unit: Unit, *older: str) -> Metric:
    """Return a counter; `older`: its names in earlier versions."""
    return Metric(meaning=meaning, name=name, kind="counter", unit=unit, older=older)


def gauge(meaning: Meaning, name: str, unit: Unit, *older: str, combine: Combination = "sum") -> Metric:
    """Return a gauge; `older`: its names in earlier versions."""
    return Metric(meaning=meaning, name=name, kind="gauge", unit=unit, combine=combine, older=older)


def sum_and_count(
    sum_meaning: Meaning, count_meaning: Meaning, name: str, *older: str
) -> tuple[Metric, Metric]:
    """Return the sum and the count of a histogram in seconds."""
    sums, counts = (f"{earlier}_sum" for earlier in older), (f"{earlier}_count" for earlier in older)
    count_unit: Unit = "tokens" if count_meaning is Meaning.ITL_COUNT else "requests"
    return (
        counter(sum_meaning, f"{name}_sum", "s", *sums),
        counter(count_meaning, f"{name}_count", count_unit, *counts),
    )
