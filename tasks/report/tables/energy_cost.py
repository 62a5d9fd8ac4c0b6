"""The table of what a sweep took: energy and money. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.speed.figure import Figure
from tasks.measure.speed.figures import figures_in
from tasks.measure.speed.notation import MISSING, plain
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table

_POWER = Column(name="Power mean", unit="W", numeric=True)


def energy_cost_table(name: str, points: Sequence[RecordedPoint], repeated: bool) -> Table | None:
    """A row a load; None where neither energy nor cost is known of any."""
    results = [point.result for point in points]
    energy = any(result["energy_j"] is not None for result in results)
    cost = any(result["cost_per_million_output_tokens"] is not None for result in results)
    if not (energy or cost):
        return None
    figures = (*(figures_in("energy") if energy else ()), *(figures_in("cost") if cost else ()))
    columns = [Column(name="Load", numeric=True)]
    if energy:
        columns.append(_POWER)
    columns += [Column(name=each.header, unit=each.notation.unit, numeric=True) for each in figures]
    topics = [topic for topic, known in (("energy", energy), ("cost", cost)) if known]
    return Table(
        title=f"Sweep {name} {' and '.join(topics)}",
        columns=tuple(columns),
        rows=tuple(_row(result, figures, repeated, energy) for result in results),
        footnotes=("Power and energy: of the server's GPUs alone",) if energy else (),
    )


def _row(result: PointResult, figures: Sequence[Figure], repeated: bool, energy: bool) -> tuple[str, ...]:
    cells = [formats.load(result, repeated)]
    if energy:
        joules = result["energy_j"]
        cells.append(MISSING if joules is None else plain(joules / result.known("duration_s")))
    cells += [figure.notation.text(result[figure.name]) for figure in figures]
    return tuple(cells)
