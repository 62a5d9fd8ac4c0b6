"""The table `Best configuration`: the best load of each sweep, by the means of its repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.best_load import UNMET, BestLoad, best_load
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, numeric_columns, text_columns, with_verdicts

BEST_BY = {
    "highest RPS": BY_NAME["request_throughput"],
    "lowest mean latency": BY_NAME["latency_mean_s"],
}
_COLUMNS = (*text_columns("Sweep", "Best by"), *numeric_columns("Load", "Figure"))


class _Entry(NamedTuple):
    best_by: str
    figure: Figure
    best: BestLoad


def best_table(report: ReportInput) -> Table | None:
    """Return the best load by each figure of BEST_BY for sweeps with two loads or more; None without rows.

    A suspect load is chosen only if its sweep has no valid one, and one that does not meet its objectives
    only if no load as valid does.
    """
    loads_by_sweep: dict[str, list[Repeats]] = {}
    for repeats in usable_repeats(report.points):
        loads_by_sweep.setdefault(repeats.first.sweep, []).append(repeats)
    entries: list[_Entry] = []
    for loads in loads_by_sweep.values():
        if len(loads) > 1:
            entries += _entries(loads)
    if not entries:
        return None
    table = Table(
        title="Best configuration",
        columns=_COLUMNS,
        rows=tuple(map(_row, entries)),
        footnotes=_notes(entries),
    )
    return with_verdicts(table, ["suspect" if entry.best.suspect else "valid" for entry in entries])


def _entries(loads: Sequence[Repeats]) -> list[_Entry]:
    entries = []
    for best_by, figure in BEST_BY.items():
        best = best_load(loads, figure)
        if best is not None:
            entries.append(_Entry(best_by, figure, best))
    return entries


def _row(entry: _Entry) -> tuple[str, ...]:
    point, notation = entry.best.point, entry.figure.notation
    return (
        point.sweep,
        entry.best_by,
        formats.load_text(point),
        f"{notation.text(entry.best.mean)} {notation.unit}",
    )


def _notes(entries: Sequence[_Entry]) -> tuple[str, ...]:
    """Return what no load of a sweep is or does, and which better loads were passed over for it."""
    notes = []
    for best_by, _, best in entries:
        sweep = best.point.sweep
        if best.suspect:
            notes.append(f"{sweep}: no load is valid; this is the best of the suspect ones")
        if best.unmet:
            kind = "suspect" if best.suspect else "valid"
            best_of = f"this is the best of the {kind} ones"
            notes.append(f"{sweep}: no {kind} load is shown to meet the objectives; {best_of}")
        if best.passed_over:
            loads = _loads(best.passed_over)
            notes.append(f"{sweep}, {best_by}: better but suspect, so not chosen: load {loads}")
        if best.passed_over_unmet:
            loads = _loads(best.passed_over_unmet)
            notes.append(f"{sweep}, {best_by}: better but {UNMET}, so not chosen: load {loads}")
    return tuple(dict.fromkeys(notes))  # without equal notes


def _loads(points: Sequence[PointResult]) -> str:
    return ", ".join(formats.load_text(point) for point in points)
