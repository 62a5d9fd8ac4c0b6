"""The times of a load with repeats: percentiles over all of its requests, where they are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.load_repeats import Repeats, mean_of
from tasks.report.measured_sweep import MeasuredSweep

TOGETHER_NOTE = "Percentiles are of the requests of all repeats together."
MEANS_NOTE = "Percentiles are the means of the repeats' own: not all requests of the repeats are recorded."
BOTH_NOTE = (
    "Percentiles are of the requests of all repeats together; "
    "at loads whose requests are not all recorded, the means of the repeats' own."
)


def time_over_repeats(sweep: MeasuredSweep, repeats: Repeats, time: str, statistic: str) -> float | None:
    """Return a statistic of a time of a load, in seconds; None if it has too few requests for it.

    The mean is that of the repeats' means, as in the tables. A percentile is of all requests together, unless
    not all are recorded: then it is the mean of the repeats' percentiles.
    """
    together = None if statistic == "mean" else _percentiles(sweep, repeats, time)
    if together is not None:
        return together.get(statistic)
    return mean_of(BY_NAME[f"{time}_{statistic}_s"], repeats)


def repeats_note(sweep: MeasuredSweep, loads: Sequence[Repeats]) -> str:
    """Return what percentiles of the loads stand for; empty if no load has repeats."""
    repeated = [repeats for repeats in loads if len(repeats.points) > 1]
    kinds = {_percentiles(sweep, repeats, "latency") is not None for repeats in repeated}
    if len(kinds) == 2:
        return BOTH_NOTE
    return {True: TOGETHER_NOTE, False: MEANS_NOTE}[kinds.pop()] if kinds else ""


def _percentiles(sweep: MeasuredSweep, repeats: Repeats, time: str) -> Mapping[str, float] | None:
    """Return the percentiles over the requests of all repeats.

    None for a single repeat, and if not all requests of the repeats are recorded.
    """
    label = repeats.first.load.label
    of_load = {each.time: each for each in sweep.distributions if each.load_label == label}
    succeeded = sum(point.succeeded for point in repeats.results)
    recorded = of_load["latency"].count if "latency" in of_load else 0
    if len(repeats.points) < 2 or recorded != succeeded:
        return None
    return of_load[time].percentiles if time in of_load else {}
