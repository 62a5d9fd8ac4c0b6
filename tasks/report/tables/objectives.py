"""The table of a sweep's objectives: what each load made of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import SUCCESS, Objective
from tasks.measure.results import PointResult
from tasks.measure.speed.objectives import margin
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table

MET = {True: "yes", False: "no", None: formats.NONE}


def objectives_table(name: str, points: Sequence[RecordedPoint], repeated: bool) -> Table | None:
    """A row a load: goodput beside throughput, each figure that has a bound; None without objectives."""
    results = [point.result for point in points if point.result.objectives]
    if not results:
        return None
    bounds = tuple(dict.fromkeys(bound for result in results for bound in result.objectives))
    columns = (
        Column(name="Load", numeric=True),
        Column(name="RPS", unit="req/s", numeric=True),
        Column(name="Goodput", unit="req/s", numeric=True),
        *(Column(name=str(bound), numeric=True) for bound in bounds),
        Column(name="Met"),
    )
    rows = tuple(
        (
            formats.load(result, repeated),
            formats.rate(result.request_throughput),
            formats.NONE if result.goodput is None else formats.rate(result.goodput),
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
    return formats.seconds(getattr(getattr(result, bound.figure), bound.statistic))


def _gaps(results: Sequence[PointResult]) -> tuple[str, ...]:
    gaps = [(bound, each) for each in results for bound in each.objectives if margin(bound, each) is None]
    few = [getattr(each.latency, bound.statistic) is None for bound, each in gaps]
    why = {
        "too few requests to carry this figure": any(few),
        formats.UNSEEN: not all(few),
        "the requests are not known any more": any(each.goodput is None for each in results),
    }
    return tuple(f"{formats.NONE}: {reason}" for reason, applies in why.items() if applies)
