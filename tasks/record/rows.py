"""Turns what was measured into rows of the tables, and rows back into what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Protocol

from tasks.audit.results import Verdict
from tasks.measure.results import Distribution, PointResult, RequestRow, SampleRow, Score
from tasks.record.results import Manifest, RecordedPoint, RunRecord
from tasks.record.schemas import FIGURES, STATISTICS

Row = dict[str, Any]

REUSED = "reused: measured by "
"""How the `reasons` of a reused point begin; the id of the run that measured it follows."""

_NOT_STORED = {"run_name", "first_error", *FIGURES}
"""Fields of a point without a column: two that its requests and spec tell, and four that have five each."""


class Reading(Protocol):
    """One reading of the server's, the GPU's or the client's state, at a UTC time."""

    @property
    def time(self) -> datetime: ...
    @property
    def source(self) -> str: ...
    @property
    def metric(self) -> str: ...
    @property
    def value(self) -> float: ...


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


def request_row(run_id: str, point: PointResult, request: RequestRow) -> Row:
    """A row of `requests`."""
    place = {"run_id": run_id, "sweep": point.sweep, "concurrency": point.concurrency, "repeat": point.repeat}
    return {**place, **_plain(request)}


def score_row(run_id: str, score: Score) -> Row:
    """A row of `scores`."""
    return {"run_id": run_id, **score.model_dump()}


def sample_row(run_id: str, dataset: str, sample: SampleRow) -> Row:
    """A row of `samples`."""
    return {"run_id": run_id, "dataset": dataset, **_plain(sample)}


def telemetry_row(run_id: str, reading: Reading) -> Row:
    """A row of `telemetry`."""
    return {
        "run_id": run_id,
        "time": reading.time,
        "source": reading.source,
        "metric": reading.metric,
        "value": reading.value,
    }


def run_of(row: Mapping[str, Any]) -> RunRecord:
    """The run that a row of `runs` tells of."""
    manifest = {name: row[name] for name in Manifest.model_fields}
    return RunRecord(manifest=Manifest(**manifest), **{k: v for k, v in row.items() if k not in manifest})


def point_of(row: Mapping[str, Any], run_name: str, first_error: str | None) -> RecordedPoint:
    """The point that a row of `points` tells of, with the two fields that have no column."""
    origins = [reason.removeprefix(REUSED) for reason in row["reasons"] if reason.startswith(REUSED)]
    reasons = tuple(reason for reason in row["reasons"] if not reason.startswith(REUSED))
    stored = {name: row[name] for name in PointResult.model_fields if name not in _NOT_STORED}
    figures = {
        figure: Distribution(**{stat: row[f"{figure}_{stat}_s"] for stat in STATISTICS}) for figure in FIGURES
    }
    return RecordedPoint(
        result=PointResult(run_name=run_name, first_error=first_error, **stored, **figures),
        verdict=Verdict(verdict=row["verdict"], reasons=reasons),
        run_id=origins[0] if origins else row["run_id"],
    )


def score_of(row: Mapping[str, Any]) -> Score:
    """The score that a row of `scores` tells of."""
    return Score(**{name: row[name] for name in Score.model_fields})


def _plain(record: RequestRow | SampleRow) -> Row:
    return {field.name: getattr(record, field.name) for field in fields(record)}
