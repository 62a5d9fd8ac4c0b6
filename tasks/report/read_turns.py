"""Reads the requests of conversations, for their figures by turn and by history."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.report.load_repeats import usable_repeats
from tasks.report.request_samples import requests_of
from tasks.report.turn_figures import TurnFigures, TurnRequest, turn_figures


def read_turns(store: Store, points: Sequence[RecordedPoint]) -> tuple[TurnFigures, ...]:
    """Return the figures by turn of each usable load that sent conversations, its repeats together.

    Raises:
        RecordError: the table cannot be read.
    """
    usable = [point for repeats in usable_repeats(points) for point in repeats.points]
    run_ids = sorted({point.run_id for point in usable})
    tables = [requests_of(store, run_id, usable, TurnRequest._fields) for run_id in run_ids]
    if not tables:
        return ()
    found: list[TurnFigures] = []
    turns = pl.concat(tables).filter(pl.col("turn").is_not_null())
    for (sweep, label), rows in turns.group_by("sweep", "label", maintain_order=True):
        requests = [TurnRequest(*row) for row in rows.select(TurnRequest._fields).iter_rows()]
        found += turn_figures(str(sweep), str(label), requests)
    return tuple(found)
