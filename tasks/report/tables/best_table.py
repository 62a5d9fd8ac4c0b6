"""The table `Best configuration`: the best load of each sweep, by the means of its repeats."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report import formats
from tasks.report.best_load import best_load
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, numeric_columns, text_columns

BEST_BY = {
    "highest RPS": BY_NAME["request_throughput"],
    "lowest mean latency": BY_NAME["latency_mean_s"],
}
_COLUMNS = (*text_columns("Sweep", "Best by"), *numeric_columns("Load", "Figure"))


def best_table(report: ReportInput) -> Table | None:
    """Return the best load by each figure of BEST_BY for sweeps with two loads or more; None without rows."""
    loads_by_sweep: dict[str, list[Repeats]] = {}
    for repeats in usable_repeats(report.points):
        loads_by_sweep.setdefault(repeats[0].sweep, []).append(repeats)
    rows: list[tuple[str, ...]] = []
    for sweep, loads in loads_by_sweep.items():
        if len(loads) > 1:
            rows += _rows(sweep, loads)
    return Table(title="Best configuration", columns=_COLUMNS, rows=tuple(rows)) if rows else None


def _rows(sweep: str, loads: Sequence[Repeats]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for best_by, figure in BEST_BY.items():
        best = best_load(loads, figure)
        if best is not None:
            value = f"{figure.notation.text(best.mean)} {figure.notation.unit}"
            rows.append((sweep, best_by, formats.load_text(best.point), value))
    return rows
