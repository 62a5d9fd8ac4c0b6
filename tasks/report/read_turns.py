"""Reads the requests of conversations, for their figures by turn and by history."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.report.request_samples import requests_by_load
from tasks.report.turn_figures import TurnFigures, TurnRequest, turn_figures


def read_turns(store: Store, points: Sequence[RecordedPoint]) -> tuple[TurnFigures, ...]:
    """Return the figures by turn of each usable load that sent conversations, its repeats together.

    Raises:
        RecordError: the table cannot be read.
    """
    found: list[TurnFigures] = []
    in_conversations = pl.col("succeeded") & pl.col("turn").is_not_null()
    for load, rows in requests_by_load(store, points, TurnRequest._fields, in_conversations):
        found += turn_figures(load.sweep, load.label, [TurnRequest(*row) for row in rows.iter_rows()])
    return tuple(found)
