"""Turns what was measured into rows of the tables, and rows back into what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tasks.audit.verdict import Check, Verdict
from tasks.config.load import Load
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.probe.reading import Reading
from tasks.record.older_rows import load_of, origin_of
from tasks.record.results import Manifest, RecordedPoint, RunRecord
from tasks.record.schemas import FIGURE_NAMES

Row = dict[str, Any]

LOAD_COLUMNS = ("concurrency", "rate")
"""Columns that hold the level of a load, each of one kind; null in rows of another kind."""


def run_row(run: RunRecord) -> Row:
    """A row of `runs`."""
    return {**run.model_dump(exclude={"manifest"}), **run.manifest.model_dump()}


def point_row(run_id: str, point: RecordedPoint) -> Row:
    """A row of `points` for the run `run_id`, which may reuse what another run has measured."""
    result = point.result
    return {
        "run_id": run_id,
        "measured_by": point.run_id,
        "reused": point.run_id != run_id,
        **load_row(result.load),
        "load_settings": result.load.model_dump_json(),
        **result.model_dump(exclude={"load", "figures", "first_error"}),
        **{name: result.figures.get(name) for name in FIGURE_NAMES},
        "verdict": point.verdict.verdict,
        "reasons": point.verdict.reasons,
    }


def load_row(load: Load) -> Row:
    """The columns by which a load is known in every table that has it."""
    return {"load_label": load.label, **dict.fromkeys(LOAD_COLUMNS), **load.columns}


def check_row(run_id: str, point: PointResult, check: Check) -> Row:
    """A row of `checks`."""
    of_point = {name: getattr(point, name) for name in ("sweep", "requests", "repeat", "attempt")}
    return {"run_id": run_id, **load_row(point.load), **of_point, **check.model_dump()}


def request_row(run_id: str, point: PointResult, request: RequestRow) -> Row:
    """A row of `requests`."""
    of_point = {"sweep": point.sweep, "repeat": point.repeat}
    return {"run_id": run_id, **load_row(point.load), **of_point, **_plain(request)}


def knee_row(run_id: str, knee: Knee) -> Row:
    """A row of `knees`."""
    return {"run_id": run_id, **knee.model_dump()}


def score_row(run_id: str, score: Score, measured_by: str) -> Row:
    """A row of `scores` for the run `run_id`, which may reuse what another run has measured."""
    return {"run_id": run_id, "measured_by": measured_by, **score.model_dump()}


def sample_row(run_id: str, dataset: str, sample: SampleRow) -> Row:
    """A row of `samples`."""
    return {"run_id": run_id, "dataset": dataset, **_plain(sample)}


def telemetry_row(run_id: str, reading: Reading) -> Row:
    """A row of `telemetry`."""
    return {"run_id": run_id, **_plain(reading)}


def run_of(row: Mapping[str, Any]) -> RunRecord:
    """The run that a row of `runs` tells of."""
    manifest = {name: row[name] for name in Manifest.model_fields}
    rest = {name: value for name, value in row.items() if name not in manifest}
    return RunRecord(
        manifest=Manifest(**manifest), **(rest | {name: row[name] or () for name in ("sweeps", "warnings")})
    )


def point_of(row: Mapping[str, Any], run_name: str, first_error: str | None) -> RecordedPoint:
    """The point that a row of `points` tells of; `run_name` and `first_error` are not always in it."""
    result = PointResult(
        run_name=run_name,
        load=load_of(row),
        figures={name: row[name] for name in FIGURE_NAMES},
        objectives=row["objectives"] or (),
        first_error=first_error,
        **{name: row[name] for name in _PLAIN_FIELDS},
    )
    measured_by, reasons = origin_of(row)
    verdict = Verdict(verdict=row["verdict"], reasons=reasons)
    return RecordedPoint(result=result, verdict=verdict, run_id=measured_by)


_PLAIN_FIELDS = ("sweep", "requests", "repeat", "attempt", "succeeded", "failed", "objectives_met")


def check_of(row: Mapping[str, Any]) -> Check:
    """The check that a row of `checks` tells of."""
    return Check(**{name: row[name] for name in Check.model_fields})


def knee_of(row: Mapping[str, Any]) -> Knee:
    """The knee that a row of `knees` tells of."""
    return Knee(**{name: row[name] for name in Knee.model_fields} | {"doubts": tuple(row["doubts"] or ())})


def request_of(row: Mapping[str, Any]) -> RequestRow:
    """The request that a row of `requests` tells of."""
    values = {field.name: row[field.name] for field in fields(RequestRow)}
    return RequestRow(**(values | {"itl_s": tuple(row["itl_s"])}))


def score_of(row: Mapping[str, Any]) -> Score:
    """The score that a row of `scores` tells of."""
    return Score(**{name: row[name] for name in Score.model_fields})


def _plain(record: RequestRow | SampleRow | Reading) -> Row:
    return {field.name: getattr(record, field.name) for field in fields(record)}
