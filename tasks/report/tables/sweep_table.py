"""The main table of a sweep: the figures of every point."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, text_columns

_FIGURES = figures_in("sweep")
_COLUMNS = (
    Column(name="Requests", numeric=True),
    *map(figure_column, _FIGURES),
    Column(name="Success", unit="%", numeric=True),
    *text_columns("Verdict", "Source"),
)


def sweep_table(sweep: MeasuredSweep) -> Table:
    """Return a row per point by rising load. Footnotes explain empty cells and points that are not valid."""
    reasons: dict[str, None] = {}  # a dict keeps the order and drops equal reasons
    rows = []
    for point in sweep.points:
        load = formats.load_text(point.result, sweep.has_repeats)
        rows.append(_row(load, point, sweep.run_id))
        for reason in formats.reasons_with_first_error(point):
            reasons[f"{load}: {point.verdict.verdict}: {reason}"] = None
    return Table(
        title=f"Sweep {sweep.name}",
        columns=(load_column(sweep.results), *_COLUMNS),
        rows=tuple(rows),
        footnotes=(*_missing_notes(sweep.results), *reasons),
    )


def load_column(points: Iterable[PointResult]) -> Column:
    """Return the load column. Its title is the header of the load kind, or `Load` for several kinds."""
    headers = {point.load.header for point in points}
    return Column(name=headers.pop() if len(headers) == 1 else "Load", numeric=True)


def _row(load: str, point: RecordedPoint, run_id: str) -> tuple[str, ...]:
    result = point.result
    figures = [figure.notation.text(result[figure.name]) for figure in _FIGURES]
    success, source = formats.success_percent(result), formats.source_text(point.run_id, run_id)
    return (load, str(result.requests), *figures, success, point.verdict.verdict, source)


def _missing_notes(points: list[PointResult]) -> tuple[str, ...]:
    succeeded = [point for point in points if point.succeeded]
    return formats.missing_notes(
        {
            "too few requests for this percentile": not all(map(_has_p99, succeeded)),
            formats.TIME_NOT_VISIBLE: any(map(_lacks_visible_time, succeeded)),
            "no request succeeded": len(succeeded) < len(points),
        }
    )


def _has_p99(point: PointResult) -> bool:
    """Return whether enough requests succeeded for a P99. Each of them has a latency."""
    return point["latency_p99_s"] is not None


def _lacks_visible_time(point: PointResult) -> bool:
    """Return whether TTFT or TPOT is missing although enough requests succeeded."""
    for time in ("ttft", "tpot"):
        if point[f"{time}_mean_s"] is None:
            return True
        if _has_p99(point) and point[f"{time}_p99_s"] is None:
            return True
    return False
