"""Converts measured values to rows of the tables, and rows back to values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import BaseModel

from tasks.audit.verdict import Check, Verdict
from tasks.config.load import Load
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.probe.reading import Reading
from tasks.record.older_rows import load_of, origin_of, run_name_of
from tasks.record.results import Manifest, RecordedPoint, RunRecord
from tasks.record.schemas import FIGURE_NAMES

Row = dict[str, Any]
"""A value for each column of a table."""

LEVEL_COLUMNS = ("concurrency", "rate")
"""Columns for the level of a load of that kind, null for other kinds; label and settings hold any kind."""
NOT_COLUMNS = {"load", "figures", "part_times", "first_error"}
"""Fields of PointResult that are no columns of `points`: flattened, or read from the requests."""


def run_row(run: RunRecord) -> Row:
    """A row of `runs`."""
    return {**run.model_dump(exclude={"manifest"}), **run.manifest.model_dump()}


def point_row(run_id: str, point: RecordedPoint) -> Row:
    """A row of `points` for the run `run_id`, which may have reused the figures of another run."""
    result = point.result
    return {
        "run_id": run_id,
        "measured_by": point.run_id,
        "reused": point.run_id != run_id,
        **load_columns(result.load),
        "load_settings": result.load.model_dump_json(),
        **result.model_dump(exclude=NOT_COLUMNS),
        **{name: result.figures.get(name) for name in FIGURE_NAMES},
        "part_times": json.dumps(result.part_times) if result.part_times else None,
        "verdict": point.verdict.verdict,
        "reasons": point.verdict.reasons,
        "notes": point.verdict.notes,
    }


def load_columns(load: Load) -> Row:
    """The columns that identify a load in `points`, `checks` and `requests`."""
    levels = load.columns
    return {"load_label": load.label, **{name: levels.get(name) for name in LEVEL_COLUMNS}}


def check_row(run_id: str, point: PointResult, check: Check) -> Row:
    """A row of `checks`."""
    point_columns = point.model_dump(include={"sweep", "requests", "repeat", "attempt"})
    return {"run_id": run_id, **load_columns(point.load), **point_columns, **check.model_dump()}


def request_row(run_id: str, point: PointResult, request: RequestRow) -> Row:
    """A row of `requests`."""
    point_columns = {"sweep": point.sweep, "repeat": point.repeat}
    return {"run_id": run_id, **load_columns(point.load), **point_columns, **_field_values(request)}


def knee_row(run_id: str, knee: Knee) -> Row:
    """A row of `knees`."""
    return {"run_id": run_id, **knee.model_dump()}


def score_row(run_id: str, score: Score, measured_by: str) -> Row:
    """A row of `scores` for the run `run_id`, which may have reused the scores of another run."""
    return {"run_id": run_id, "measured_by": measured_by, **score.model_dump()}


def sample_row(run_id: str, dataset: str, sample: SampleRow) -> Row:
    """A row of `samples`."""
    return {"run_id": run_id, "dataset": dataset, **_field_values(sample)}


def telemetry_row(run_id: str, reading: Reading) -> Row:
    """A row of `telemetry`."""
    return {"run_id": run_id, **_field_values(reading)}


def run_of(row: Mapping[str, Any]) -> RunRecord:
    """The run in a row of `runs`."""
    return RunRecord(manifest=Manifest(**_values(Manifest, row)), **_values(RunRecord, row))


def point_of(row: Mapping[str, Any], model: str) -> RecordedPoint:
    """The point in a row of `points`, without its checks and its first error.

    Args:
        row: the row.
        model: the run's model, for the default run name if an earlier version did not record the name.
    """
    values = _values(PointResult, row) | {
        "run_name": run_name_of(row, model),
        "load": load_of(row),
        "figures": {name: row[name] for name in FIGURE_NAMES},
        "part_times": json.loads(row["part_times"] or "{}"),
    }
    measured_by, reasons = origin_of(row)
    verdict = Verdict(verdict=row["verdict"], reasons=reasons, notes=row["notes"] or ())
    return RecordedPoint(result=PointResult(**values), verdict=verdict, run_id=measured_by)


def check_of(row: Mapping[str, Any]) -> Check:
    """The check in a row of `checks`."""
    return Check(**_values(Check, row))


def knee_of(row: Mapping[str, Any]) -> Knee:
    """The knee in a row of `knees`."""
    return Knee(**_values(Knee, row))


def request_of(row: Mapping[str, Any]) -> RequestRow:
    """The request in a row of `requests`."""
    values = {field.name: row[field.name] for field in fields(RequestRow)}
    values["abandoned"] = bool(values["abandoned"])  # files of earlier versions lack it
    values["itl_s"] = tuple(row["itl_s"])
    return RequestRow(**values)


def score_of(row: Mapping[str, Any]) -> Score:
    """The score in a row of `scores`."""
    return Score(**_values(Score, row))


def _field_values(record: RequestRow | SampleRow | Reading) -> Row:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _values(model: type[BaseModel], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row's values for the fields of a model.

    A null is omitted if the field has a default: files of earlier versions lack the column.
    """
    values = {}
    for name, field in model.model_fields.items():
        if name in row and (row[name] is not None or field.is_required()):
            values[name] = row[name]
    return values
