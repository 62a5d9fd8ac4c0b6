"""The table of a sweep's objectives: what each load made of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import SUCCESS, Objective
from tasks.measure.speed.figures import BY_NAME
from tasks.measure.speed.notation import SECONDS
from tasks.measure.speed.objectives import margin
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table

THROUGHPUT, GOODPUT = BY_NAME["request_throughput"], BY_NAME["goodput"]
MET = {True: "yes", False: "no", None: formats.NONE}


def objectives_table(name: str, points: Sequence[RecordedPoint], repeated: bool) -> Table | None:
    """A row a load: goodput beside throughput, each figure that has a bound; None without objectives."""
    results = [point.result for point in points if point.result.objectives]
    if not results:
        return None
    bounds = tuple(dict.fromkeys(bound for result in results for bound in result.objectives))
    columns = (
        Column(name="Load", numeric=True),
        Column(name=THROUGHPUT.header, unit=THROUGHPUT.notation.unit, numeric=True),
        Column(name=GOODPUT.header, unit=GOODPUT.notation.unit, numeric=True),
        *(Column(name=str(bound), numeric=True) for bound in bounds),
        Column(name="Met"),
    )
    rows = tuple(
        (
            formats.load(result, repeated),
            THROUGHPUT.notation.text(result[THROUGHPUT.name]),
            GOODPUT.notation.text(result[GOODPUT.name]),
            *(_value(bound, result) for bound in bounds),
            MET[result.objectives_met],
        )
        for result in results
    )
    notes = ("Goodput: requests per second that keep every bound themselves", *_gaps(results))
    return Table(title=f"Sweep {name} objectives", columns=columns, rows=rows, footnotes=notes)


def _value(bound: Objective, result: PointResult) -> str:
    if bound.name == SUCCESS:
        return f"{result.succeeded / (result.requests or 1):.4g}"
    return SECONDS.text(result[bound.name])


def _gaps(results: Sequence[PointResult]) -> tuple[str, ...]:
    gaps = [(bound, each) for each in results for bound in each.objectives if margin(bound, each) is None]
    few = [each[f"latency_{bound.statistic}_s"] is None for bound, each in gaps]
    why = {
        "too few requests to carry this figure": any(few),
        formats.UNSEEN: not all(few),
        "the requests are not known any more": any(each[GOODPUT.name] is None for each in results),
    }
    return tuple(f"{formats.NONE}: {reason}" for reason, applies in why.items() if applies)
