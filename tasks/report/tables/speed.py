"""Builds the report's tables. Pure: figures in, texts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures import figures_in
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedAccuracy, RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, ReportInput, Table
from tasks.report.tables.best import best_table
from tasks.report.tables.energy_cost import energy_cost_table
from tasks.report.tables.knees import knee_table
from tasks.report.tables.objectives import objectives_table
from tasks.report.tables.repeats import repeats_table

_SWEEP_FIGURES = figures_in("sweep")
_SWEEP_COLUMNS = (
    Column(name="Requests", numeric=True),
    *(Column(name=each.header, unit=each.notation.unit, numeric=True) for each in _SWEEP_FIGURES),
    Column(name="Success", unit="%", numeric=True),
    Column(name="Verdict"),
    Column(name="Source"),
)
_SCORE_COLUMNS = (
    *(Column(name=name) for name in ("Model", "Dataset", "Metric", "Subset")),
    *(Column(name=name, numeric=True) for name in ("Num", "Score", "95 % CI", "Failed", "Truncated")),
    Column(name="Source"),
)


def all_tables(report: ReportInput) -> tuple[Table, ...]:
    """Every table of a report: those of each sweep, what saturates it, the best configuration, the scores."""
    last = (knee_table(report.knees), best_table(report.points), score_table(report))
    return (*speed_tables(report), *(table for table in last if table is not None))


def speed_tables(report: ReportInput) -> tuple[Table, ...]:
    """The table of each sweep, and after it those that say more of the sweep."""
    sweeps = zip(sweep_tables(report), by_sweep(report.points).items(), strict=True)
    return tuple(chain.from_iterable((table, *more_tables(name, points)) for table, (name, points) in sweeps))


def more_tables(name: str, points: list[RecordedPoint]) -> tuple[Table, ...]:
    """What else there is to say of a sweep: its repeats, its objectives, what it took."""
    several = repeated(points)
    found = (
        repeats_table(name, points),
        objectives_table(name, points, several),
        energy_cost_table(name, points, several),
    )
    return tuple(table for table in found if table is not None)


def sweep_tables(report: ReportInput) -> tuple[Table, ...]:
    """One table a sweep, one row a point, in rising load."""
    return tuple(
        _sweep_table(name, points, report.run.run_id) for name, points in by_sweep(report.points).items()
    )


def rising_load(point: RecordedPoint) -> tuple[object, ...]:
    """Orders the points of a sweep by load, then by repeat."""
    return (point.result.load.sort_key, point.result.repeat)


def by_sweep(points: Iterable[RecordedPoint]) -> dict[str, list[RecordedPoint]]:
    """The points of each sweep in rising load; sweeps in the order they came."""
    sweeps: dict[str, list[RecordedPoint]] = {}
    for point in points:
        sweeps.setdefault(point.result.sweep, []).append(point)
    return {name: sorted(found, key=rising_load) for name, found in sweeps.items()}


def score_table(report: ReportInput) -> Table | None:
    """Every subset's score with its interval; None where no question was asked."""
    rows = tuple(
        _score_row(report, score, recorded) for recorded in report.accuracy for score in recorded.scores
    )
    repeated = any(score.repeats > 1 for recorded in report.accuracy for score in recorded.scores)
    notes = ("Num: questions × answers to each",) if repeated else ()
    return Table(title="Accuracy", columns=_SCORE_COLUMNS, rows=rows, footnotes=notes) if rows else None


def load_column(points: Iterable[RecordedPoint]) -> Column:
    """The column of the loads, called by their kind."""
    headers = {point.result.load.header for point in points}
    return Column(name=headers.pop() if len(headers) == 1 else "Load", numeric=True)


def repeated(points: Iterable[RecordedPoint]) -> bool:
    """Whether any load was measured more than once."""
    return any(point.result.repeat > 1 for point in points)


def _sweep_table(name: str, points: list[RecordedPoint], run_id: str) -> Table:
    labels = [formats.load(point.result, repeated(points)) for point in points]
    rows = tuple(_sweep_row(label, point, run_id) for label, point in zip(labels, points, strict=True))
    reasons = Counter(
        f"{label}: {point.verdict.verdict}: {reason}"
        for label, point in zip(labels, points, strict=True)
        for reason in formats.why(point)
    )
    return Table(
        title=f"Sweep {name}",
        columns=(load_column(points), *_SWEEP_COLUMNS),
        rows=rows,
        footnotes=(*_gaps(points), *reasons),
    )


def _sweep_row(label: str, point: RecordedPoint, run_id: str) -> tuple[str, ...]:
    result = point.result
    figures = [figure.notation.text(result[figure.name]) for figure in _SWEEP_FIGURES]
    verdict = (formats.success(result), point.verdict.verdict, formats.source(point.run_id, run_id))
    return (label, str(result.requests), *figures, *verdict)


def _gaps(points: list[RecordedPoint]) -> tuple[str, ...]:
    answered = [point.result for point in points if point.result.succeeded]
    why = {
        "too few requests to carry this percentile": any(each["latency_p99_s"] is None for each in answered),
        formats.UNSEEN: any(map(_unseen, answered)),
        "no request succeeded": len(answered) < len(points),
    }
    return tuple(f"{formats.NONE}: {reason}" for reason, applies in why.items() if applies)


def _unseen(point: PointResult) -> bool:
    """Whether a time is missing though there were requests enough to carry it."""
    enough = point["latency_p99_s"] is not None
    for time in ("ttft", "tpot"):
        if point[f"{time}_mean_s"] is None or (enough and point[f"{time}_p99_s"] is None):
            return True
    return False


def _score_row(report: ReportInput, score: Score, recorded: RecordedAccuracy) -> tuple[str, ...]:
    times = f" × {score.repeats}" if score.repeats > 1 else ""
    return (
        report.run.manifest.model,
        score.dataset,
        score.metric,
        score.subset,
        f"{score.questions}{times}",
        formats.score(score.value),
        f"{formats.score(score.ci_low)} – {formats.score(score.ci_high)}",
        str(score.failed),
        str(score.truncated),
        formats.source(recorded.run_id, report.run.run_id),
    )
