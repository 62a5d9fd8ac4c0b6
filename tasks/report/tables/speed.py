"""Builds the report's tables. Pure: figures in, texts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from tasks.measure.results import PointResult, Score
from tasks.record.results import RecordedAccuracy, RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, ReportInput, Table
from tasks.report.tables.best import best_table
from tasks.report.tables.energy_cost import expense_table
from tasks.report.tables.knees import knee_table
from tasks.report.tables.objectives import objectives_table
from tasks.report.tables.repeats import repeats_table

_SWEEP_COLUMNS = (
    Column(name="Requests", numeric=True),
    Column(name="RPS", unit="req/s", numeric=True),
    Column(name="Latency mean", unit="s", numeric=True),
    Column(name="Latency P99", unit="s", numeric=True),
    Column(name="Output", unit="tok/s", numeric=True),
    Column(name="TTFT mean", unit="ms", numeric=True),
    Column(name="TTFT P99", unit="ms", numeric=True),
    Column(name="TPOT mean", unit="ms", numeric=True),
    Column(name="TPOT P99", unit="ms", numeric=True),
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
        expense_table(name, points, several),
    )
    return tuple(table for table in found if table is not None)


def sweep_tables(report: ReportInput) -> tuple[Table, ...]:
    """One table a sweep, one row a point, in rising load."""
    return tuple(
        _sweep_table(name, points, report.run.run_id) for name, points in by_sweep(report.points).items()
    )


def by_sweep(points: Iterable[RecordedPoint]) -> dict[str, list[RecordedPoint]]:
    """The points of each sweep in rising load; sweeps in the order they came."""
    sweeps: dict[str, list[RecordedPoint]] = {}
    for point in points:
        sweeps.setdefault(point.result.sweep, []).append(point)
    return {name: sorted(found, key=lambda point: _rising(point.result)) for name, found in sweeps.items()}


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
    kind = formats.load_kind(point.result for point in points)
    return Column(name="Conc." if kind == "concurrency" else kind.capitalize(), numeric=True)


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
    return (
        label,
        str(result.requests),
        formats.rate(result.request_throughput),
        formats.seconds(result.latency.mean),
        formats.seconds(result.latency.p99),
        formats.tokens(result.output_token_throughput),
        formats.milliseconds(result.ttft.mean),
        formats.milliseconds(result.ttft.p99),
        formats.milliseconds(result.tpot.mean),
        formats.milliseconds(result.tpot.p99),
        formats.success(result),
        point.verdict.verdict,
        formats.source(point.run_id, run_id),
    )


def _gaps(points: list[RecordedPoint]) -> tuple[str, ...]:
    answered = [point.result for point in points if point.result.succeeded]
    why = {
        "too few requests to carry this percentile": any(each.latency.p99 is None for each in answered),
        formats.UNSEEN: any(map(_unseen, answered)),
        "no request succeeded": len(answered) < len(points),
    }
    return tuple(f"{formats.NONE}: {reason}" for reason, applies in why.items() if applies)


def _unseen(point: PointResult) -> bool:
    whole = point.latency.p99 is not None
    return any(each.mean is None or (whole and each.p99 is None) for each in (point.ttft, point.tpot))


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


def _rising(point: PointResult) -> tuple[float, float, int, int]:
    return (point.concurrency or 0, point.rate or 0, point.requests, point.repeat)
