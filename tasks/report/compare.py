"""Sets recorded runs side by side. Pure: reports in, tables out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tasks.measure.results import PointResult
from tasks.report import formats
from tasks.report.results import Column, ReportInput, Table
from tasks.report.tables import by_sweep


class Figure(NamedTuple):
    """A row of the comparison: what it is called, how it is taken from a point, how it is written."""

    name: str
    of: Callable[[PointResult], float | None]
    shown: Callable[[float], str]


FIGURES = (
    Figure("RPS (req/s)", lambda point: point.request_throughput, formats.rate),
    Figure("Output (tok/s)", lambda point: point.output_token_throughput, formats.tokens),
    Figure("TTFT mean (ms)", lambda point: point.ttft.mean, formats.milliseconds),
    Figure("TPOT mean (ms)", lambda point: point.tpot.mean, formats.milliseconds),
    Figure("Latency P99 (s)", lambda point: point.latency.p99, formats.seconds),
)
Place = tuple[str, int | None, float | None, int]


def comparison(reports: tuple[ReportInput, ...]) -> tuple[Table, ...]:
    """One table of speed and one of scores; a change is told against the first run, in per cent."""
    runs = [Column(name=_letter(index), numeric=True) for index in range(len(reports))]
    notes = tuple(f"{_letter(i)}: {_described(report)}" for i, report in enumerate(reports))
    speed = Table(
        title="Speed side by side",
        columns=(Column(name="Sweep"), Column(name="Conc.", numeric=True), Column(name="Figure"), *runs),
        rows=tuple(_speed_rows(reports)),
        footnotes=notes,
    )
    scores = Table(
        title="Accuracy side by side",
        columns=(Column(name="Dataset"), Column(name="Subset"), Column(name="Metric"), *runs),
        rows=tuple(_score_rows(reports)),
        footnotes=notes,
    )
    return tuple(table for table in (speed, scores) if table.rows)


def _speed_rows(reports: tuple[ReportInput, ...]) -> Iterable[tuple[str, ...]]:
    found = [_by_place(report) for report in reports]
    places = list(dict.fromkeys(place for points in found for place in points))
    for place in places:
        points = [of.get(place) for of in found]
        shown = next(point for point in points if point is not None)
        for figure in FIGURES:
            values = [figure.of(point) if point else None for point in points]
            cells = _cells(values, figure.shown)
            yield (place[0], formats.load(shown, place[3] > 1), figure.name, *cells)


def _score_rows(reports: tuple[ReportInput, ...]) -> Iterable[tuple[str, ...]]:
    found = [
        {(score.dataset, score.subset, score.metric): score.value for e in r.accuracy for score in e.scores}
        for r in reports
    ]
    for name in dict.fromkeys(key for scores in found for key in scores):
        yield (*name, *_cells([scores.get(name) for scores in found], formats.score))


def _by_place(report: ReportInput) -> dict[Place, PointResult]:
    """Points whose figures may be used, by what they have in common with other runs."""
    sound = [point for point in report.points if point.verdict.verdict != "invalid"]
    return {
        (name, point.result.concurrency, point.result.rate, point.result.repeat): point.result
        for name, points in by_sweep(sound).items()
        for point in points
    }


def _cells(values: list[float | None], shown: Callable[[float], str]) -> list[str]:
    first = values[0]
    return [_cell(value, first if index else None, shown) for index, value in enumerate(values)]


def _cell(value: float | None, first: float | None, shown: Callable[[float], str]) -> str:
    if value is None:
        return formats.NONE
    return f"{shown(value)} ({100 * (value / first - 1):+.1f} %)" if first else shown(value)


def _letter(index: int) -> str:
    return chr(ord("A") + index)


def _described(report: ReportInput) -> str:
    manifest = report.run.manifest
    engine = " ".join(filter(None, (manifest.engine, manifest.engine_version)))
    hardware = ", ".join(manifest.gpu_names) or manifest.cpu or "hardware not known"
    return f"{report.run.run_id} · {manifest.model} · {engine or 'engine not known'} · {hardware}"
