"""The table of a sweep's repeats: how far one measurement of a load lies from the next. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from tasks.measure.results import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table
from tasks.stats import mean_interval


class Figure(NamedTuple):
    """A row of each load: its name, how it is taken from a point and written, and which way is better."""

    name: str
    of: Callable[[PointResult], float | None]
    shown: Callable[[float], str]
    more_is_better: bool = False


RPS = Figure("RPS (req/s)", lambda point: point.request_throughput, formats.rate, more_is_better=True)
OUTPUT = Figure(
    "Output (tok/s)", lambda point: point.output_token_throughput, formats.tokens, more_is_better=True
)
TTFT = Figure("TTFT mean (ms)", lambda point: point.ttft.mean, formats.milliseconds)
TPOT = Figure("TPOT mean (ms)", lambda point: point.tpot.mean, formats.milliseconds)
FIGURES = (RPS, OUTPUT, TTFT, TPOT)
_COLUMNS = (
    Column(name="Load", numeric=True),
    Column(name="Figure"),
    Column(name="Repeats", numeric=True),
    Column(name="Mean", numeric=True),
    Column(name="SD", numeric=True),
    Column(name="95 % interval", numeric=True),
)
_NOTE = "95 % interval: of the mean over repeats, Student's t; repeats whose figures are invalid are left out"


def sound_by_load(points: Iterable[RecordedPoint]) -> list[list[PointResult]]:
    """The repeats of each load of each sweep, without those that are invalid or had no success."""
    loads: dict[tuple[str, str], list[PointResult]] = {}
    for point in points:
        if point.verdict.verdict != "invalid" and point.result.succeeded:
            key = (point.result.sweep, formats.load(point.result, False))
            loads.setdefault(key, []).append(point.result)
    return list(loads.values())


def mean_of(figure: Callable[[PointResult], float | None], repeats: Sequence[PointResult]) -> float | None:
    """The mean over the repeats that have the figure; None where none has."""
    values = [value for one in repeats if (value := figure(one)) is not None]
    return fmean(values) if values else None


def repeats_table(name: str, points: Sequence[RecordedPoint]) -> Table | None:
    """Mean, standard deviation and interval of every load measured twice or more; None where none was."""
    rows = tuple(
        _row(formats.load(found[0], False), figure, values)
        for found in sound_by_load(points)
        for figure in FIGURES
        if len(values := [value for one in found if (value := figure.of(one)) is not None]) > 1
    )
    if not rows:
        return None
    return Table(title=f"Sweep {name} repeats", columns=_COLUMNS, rows=rows, footnotes=(_NOTE,))


def _row(load: str, figure: Figure, values: Sequence[float]) -> tuple[str, ...]:
    low, high = mean_interval(values)
    return (
        load,
        figure.name,
        str(len(values)),
        figure.shown(fmean(values)),
        figure.shown(stdev(values)),
        f"{figure.shown(max(0.0, low))} – {figure.shown(high)}",
    )
