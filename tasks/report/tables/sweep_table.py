"""The main table of a sweep: the figures of every point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.measure.speed.figures.figure_registry import BY_NAME, figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.notation import MISSING
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import VERDICT, Column, Table, figure_column, text_columns, without_columns

_FIRST = tuple(BY_NAME[name] for name in ("output_token_throughput", "ttft_mean_s", "tpot_mean_s"))
"""The figures that a reader looks for first; the verdict follows them."""
_OTHERS = tuple(figure for figure in figures_in("sweep") if figure not in _FIRST)
_COLUMNS = (
    *map(figure_column, _FIRST),
    VERDICT,
    *map(figure_column, _OTHERS),
    Column(name="Requests", numeric=True),
    Column(name="Success", unit="%", numeric=True),
    *text_columns("Source"),
)


def sweep_table(sweep: MeasuredSweep) -> Table:
    """Return a row per point by rising load, without the figures that no point has."""
    rows = [_row(formats.load_text(point.result, sweep.has_repeats), point, sweep) for point in sweep.points]
    empty = [figure.header for figure in (*_FIRST, *_OTHERS) if not _is_known(figure, sweep.results)]
    table = Table(
        title=f"Sweep {sweep.name}",
        columns=(load_column(sweep.results), *_COLUMNS),
        rows=tuple(rows),
        reasons=_reasons(sweep),
    )
    table = without_columns(table, empty)
    return table.model_copy(update={"footnotes": _missing_notes(table, empty, sweep.results)})


def load_column(points: Iterable[PointResult]) -> Column:
    """Return the load column. Its title is the header of the load kind, or `Load` for several kinds."""
    headers = {point.load.header for point in points}
    return Column(name=headers.pop() if len(headers) == 1 else "Load", numeric=True)


def _row(load: str, point: RecordedPoint, sweep: MeasuredSweep) -> tuple[str, ...]:
    result = point.result
    first, others = _texts(_FIRST, result), _texts(_OTHERS, result)
    success = formats.success_percent(result)
    source = formats.source_text(point.run_id, sweep.run_id, sweep.imported_from)
    return (load, *first, point.verdict.verdict, *others, str(result.requests), success, source)


def _texts(figures: Sequence[Figure], point: PointResult) -> list[str]:
    return [figure.notation.text(point[figure.name]) for figure in figures]


def _is_known(figure: Figure, points: Iterable[PointResult]) -> bool:
    return any(point[figure.name] is not None for point in points)


def _reasons(sweep: MeasuredSweep) -> tuple[str, ...]:
    """Return a line for each reason and note, with the loads that it holds for."""
    loads_by_remark: dict[formats.Remark, list[str]] = {}
    for point in sweep.points:
        for remark in formats.remarks(point):
            load = formats.load_text(point.result, sweep.has_repeats)
            loads_by_remark.setdefault(remark, []).append(load)
    return tuple(
        f"{', '.join(loads)}: {remark.kind}: {remark.sentence}" for remark, loads in loads_by_remark.items()
    )


def _missing_notes(table: Table, empty: Sequence[str], points: Sequence[PointResult]) -> tuple[str, ...]:
    """Return why cells are empty, and which columns are left out because all their cells would be."""
    succeeded = [point for point in points if point.succeeded]
    reasons = {
        "too few requests for this percentile": not all(map(_has_p99, succeeded)),
        formats.TIME_NOT_VISIBLE: any(map(_lacks_visible_time, succeeded)),
        "no request succeeded": len(succeeded) < len(points),
    }
    notes = list(formats.missing_notes(reasons)) if any(MISSING in row for row in table.rows) else []
    if empty:
        known = [reason for reason, applies in reasons.items() if applies and not notes]
        because = f" ({'; '.join(known)})" if known else ""
        notes.append(f"left out because empty: {', '.join(empty)}{because}")
    return tuple(notes)


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
