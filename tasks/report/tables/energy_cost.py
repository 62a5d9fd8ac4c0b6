"""The table of what a sweep took: energy and money. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.results import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table

_ENERGY = (
    Column(name="Power mean", unit="W", numeric=True),
    Column(name="Energy output", unit="J/tok", numeric=True),
    Column(name="Energy request", unit="J/req", numeric=True),
)
_COST = (
    Column(name="Cost output", unit="per 1M tok", numeric=True),
    Column(name="Cost total", unit="per 1M tok", numeric=True),
)


def expense_table(name: str, points: Sequence[RecordedPoint], repeated: bool) -> Table | None:
    """A row a load; None where neither power nor a price is known of any."""
    results = [point.result for point in points]
    energy = any(result.energy_j is not None for result in results)
    cost = any(result.cost_per_million_output_tokens is not None for result in results)
    if not (energy or cost):
        return None
    told = " and ".join(word for word, there in (("energy", energy), ("cost", cost)) if there)
    notes = ("Power and energy: of the server's GPUs alone",) if energy else ()
    return Table(
        title=f"Sweep {name} {told}",
        columns=(Column(name="Load", numeric=True), *(_ENERGY if energy else ()), *(_COST if cost else ())),
        rows=tuple(
            (
                formats.load(result, repeated),
                *(_energy(result) if energy else ()),
                *(_cost(result) if cost else ()),
            )
            for result in results
        ),
        footnotes=notes,
    )


def _energy(result: PointResult) -> tuple[str, ...]:
    power = None if result.energy_j is None else result.energy_j / result.duration_s
    return tuple(map(formats.figure, (power, result.energy_per_output_token_j, result.energy_per_request_j)))


def _cost(result: PointResult) -> tuple[str, ...]:
    return tuple(map(formats.figure, (result.cost_per_million_output_tokens, result.cost_per_million_tokens)))
