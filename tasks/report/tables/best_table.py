"""The table `Best configuration`: the best load of each sweep, by the means of its repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report import formats
from tasks.report.best_load import BestLoad, best_load
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

    A suspect load is chosen only if its sweep has no valid one.
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
    """Return which sweeps have no valid load, and which better but suspect loads were passed over."""
    notes: dict[str, None] = {}  # a dict keeps the order and drops equal notes
    for entry in entries:
        best = entry.best
        if best.suspect:
            notes[f"{best.point.sweep}: no load is valid; this is the best of the suspect ones"] = None
        if best.passed_over:
            loads = ", ".join(formats.load_text(point) for point in best.passed_over)
            notes[f"{best.point.sweep}, {entry.best_by}: better but suspect, so not chosen: load {loads}"] = (
                None
            )
    return tuple(notes)
