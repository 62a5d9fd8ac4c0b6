"""Reads the requests of mixes, for their figures by part."""

from __future__ import annotations

from collections.abc import Sequence, Set

import polars as pl

from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.part_figures import PartFigures, PartRequest, part_figures
from tasks.report.request_samples import requests_of

_MEASURED = ("run_id", "repeat")
"""Columns that tell the repeats of a load apart."""


def read_parts(store: Store, points: Sequence[RecordedPoint]) -> tuple[PartFigures, ...]:
    """Return the figures by part of each usable load of a mix, its repeats together.

    Raises:
        RecordError: the table cannot be read.
    """
    loads = {(repeats.first.sweep, repeats.first.load.label): repeats for repeats in usable_repeats(points)}
    usable = [point for repeats in loads.values() for point in repeats.points]
    run_ids = sorted({point.run_id for point in usable})
    tables = [_requests(store, run_id, usable) for run_id in run_ids]
    if not tables:
        return ()
    found: list[PartFigures] = []
    for (sweep, label), rows in pl.concat(tables).group_by("sweep", "label", maintain_order=True):
        requests = [PartRequest(*row) for row in rows.select(PartRequest._fields).iter_rows()]
        measured = set(rows.select(_MEASURED).iter_rows())
        duration_s = _duration_s(loads[str(sweep), str(label)], measured)
        found += part_figures(str(sweep), str(label), requests, duration_s)
    return tuple(found)


def _requests(store: Store, run_id: str, points: Sequence[RecordedPoint]) -> pl.DataFrame:
    columns = (*PartRequest._fields, "repeat")
    rows = requests_of(store, run_id, points, columns, failed=True)
    return rows.filter(pl.col("part").is_not_null()).with_columns(run_id=pl.lit(run_id))


def _duration_s(repeats: Repeats, measured: Set[tuple[str, int]]) -> float:
    """Return how long the repeats took whose requests are recorded: an earlier run's may no longer be."""
    points = [point for point in repeats.points if (point.run_id, point.result.repeat) in measured]
    return sum(point.result["duration_s"] or 0.0 for point in points)
