"""The table of a sweep's energy and cost."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.notation import MISSING, plain
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts

_POWER = Column(name="Power mean", unit="W", numeric=True)
_ENERGY_NOTE = "Power and energy: of the server's GPUs alone"


def energy_cost_table(sweep: MeasuredSweep) -> Table | None:
    """Return a table with a row per point; None if no point has an energy or a cost."""
    has_energy = any(result["energy_j"] is not None for result in sweep.results)
    has_cost = any(result["cost_per_million_output_tokens"] is not None for result in sweep.results)
    topics: list[str] = []
    columns = [Column(name="Load", numeric=True)]
    figures: list[Figure] = []
    if has_energy:
        topics.append("energy")
        columns.append(_POWER)
        figures += figures_in("energy")
    if has_cost:
        topics.append("cost")
        figures += figures_in("cost")
    if not topics:
        return None
    table = Table(
        title=f"Sweep {sweep.name} {' and '.join(topics)}",
        columns=(*columns, *map(figure_column, figures)),
        rows=tuple(_row(result, figures, sweep.has_repeats, has_energy) for result in sweep.results),
        footnotes=(_ENERGY_NOTE,) if has_energy else (),
    )
    return with_verdicts(table, sweep.verdicts)


def _row(
    point: PointResult, figures: Sequence[Figure], with_repeat: bool, with_power: bool
) -> tuple[str, ...]:
    cells = [formats.load_text(point, with_repeat)]
    if with_power:
        cells.append(_mean_power(point))
    cells += [figure.notation.text(point[figure.name]) for figure in figures]
    return tuple(cells)


def _mean_power(point: PointResult) -> str:
    joules = point["energy_j"]
    return MISSING if joules is None else plain(joules / point.known("duration_s"))
