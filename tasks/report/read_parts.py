"""Reads the requests of mixes, for their figures by part."""

from __future__ import annotations

from collections.abc import Sequence, Set

import polars as pl

from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.part_figures import PartFigures, PartRequest, part_figures
from tasks.report.request_samples import LoadOfSweep, requests_by_load

_MEASURED = ("run_id", "repeat")
"""Columns that tell the repeats of a load apart."""


def read_parts(store: Store, points: Sequence[RecordedPoint]) -> tuple[PartFigures, ...]:
    """Return the figures by part of each usable load of a mix, its repeats together.

    Raises:
        RecordError: the table cannot be read.
    """
    loads = {LoadOfSweep(load.first.sweep, load.first.load.label): load for load in usable_repeats(points)}
    columns, in_parts = (*PartRequest._fields, *_MEASURED), pl.col("part").is_not_null()
    found: list[PartFigures] = []
    for load, rows in requests_by_load(store, points, columns, in_parts):
        requests = [PartRequest(*row) for row in rows.select(PartRequest._fields).iter_rows()]
        duration_s = _duration_s(loads[load], set(rows.select(_MEASURED).iter_rows()))
        found += part_figures(load.sweep, load.label, requests, duration_s)
    return tuple(found)


def _duration_s(repeats: Repeats, measured: Set[tuple[str, int]]) -> float:
    """Return how long the repeats took whose requests are recorded: an earlier run's may no longer be."""
    points = [point for point in repeats.points if (point.run_id, point.result.repeat) in measured]
    return sum(point.result["duration_s"] or 0.0 for point in points)
