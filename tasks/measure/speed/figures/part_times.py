"""The times of a mix by part, which the objectives of its parts bound; pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.load import Load
from tasks.config.objective import TIMES
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.request_row import RequestRow

PartTimes = dict[str, dict[str, float | None]]
"""The figures of TIMES, in seconds, by part and name."""


def part_times(load: Load, rows: Sequence[RequestRow]) -> PartTimes:
    """Return the times of each part's measured requests that succeeded; empty without a mix."""
    rows_of: dict[str, list[RequestRow]] = {}
    for row in rows:
        if row.part is not None:
            rows_of.setdefault(row.part, []).append(row)
    return {part: _times(PointData(load=load, rows=own, duration_s=0.0)) for part, own in rows_of.items()}


def _times(data: PointData) -> dict[str, float | None]:
    return {name: BY_NAME[name].compute(data) for name in TIMES}
