"""Turns what was measured into rows of the tables, and rows back into what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tasks.audit.verdict import Check, Verdict
from tasks.config.objective import FIGURES, STATISTICS
from tasks.measure.results import Distribution, PointResult, RequestRow, SampleRow, Score
from tasks.plan.search import Knee
from tasks.probe.reading import Reading
from tasks.record.results import Manifest, RecordedPoint, RunRecord

Row = dict[str, Any]

REUSED = "reused: measured by "
"""How the `reasons` of a reused point begin; the id of the run that measured it follows."""

PLACE = ("sweep", "concurrency", "rate", "requests", "repeat")
"""What tells a run's points apart."""

_NOT_STORED = {"first_error", *FIGURES}
"""Fields of a point without a column: one that its requests tell, and four that have five columns each."""


def run_row(run: RunRecord) -> Row:
    """A row of `runs`."""
    return {**run.model_dump(exclude={"manifest"}), **run.manifest.model_dump()}


def point_row(run_id: str, point: RecordedPoint) -> Row:
    """A row of `points` for the run `run_id`, which may reuse what another has measured."""
    reused = point.run_id != run_id
    origin = (REUSED + point.run_id,) if reused else ()
    figures = {
        f"{figure}_{stat}_s": getattr(getattr(point.result, figure), stat)
        for figure in FIGURES
        for stat in STATISTICS
    }
    return {
        "run_id": run_id,
        "reused": reused,
        **point.result.model_dump(exclude=_NOT_STORED),
        **figures,
        "verdict": point.verdict.verdict,
        "reasons": origin + point.verdict.reasons,
    }


def check_row(run_id: str, point: PointResult, check: Check) -> Row:
    """A row of `checks`."""
    place = {name: getattr(point, name) for name in PLACE}
    return {"run_id": run_id, **place, "attempt": point.attempt, **check.model_dump()}


def request_row(run_id: str, point: PointResult, request: RequestRow) -> Row:
    """A row of `requests`."""
    place = {name: getattr(point, name) for name in ("sweep", "concurrency", "rate", "repeat")}
    return {"run_id": run_id, **place, **_plain(request)}


def knee_row(run_id: str, knee: Knee) -> Row:
    """A row of `knees`."""
    return {"run_id": run_id, **knee.model_dump()}


def score_row(run_id: str, score: Score) -> Row:
    """A row of `scores`."""
    return {"run_id": run_id, **score.model_dump()}


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


def point_of(row: Mapping[str, Any], first_error: str | None) -> RecordedPoint:
    """The point that a row of `points` tells of, with the field that has no column."""
    origins = [reason.removeprefix(REUSED) for reason in row["reasons"] if reason.startswith(REUSED)]
    reasons = tuple(reason for reason in row["reasons"] if not reason.startswith(REUSED))
    stored = {name: row[name] for name in PointResult.model_fields if name not in _NOT_STORED}
    stored["objectives"] = row["objectives"] or ()
    figures = {
        figure: Distribution(**{stat: row[f"{figure}_{stat}_s"] for stat in STATISTICS}) for figure in FIGURES
    }
    return RecordedPoint(
        result=PointResult(first_error=first_error, **stored, **figures),
        verdict=Verdict(verdict=row["verdict"], reasons=reasons),
        run_id=origins[0] if origins else row["run_id"],
    )


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
