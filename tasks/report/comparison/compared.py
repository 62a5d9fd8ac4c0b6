"""The figures that several recorded runs share, and how far each is from the first run's. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from tasks.config.base import Frozen
from tasks.measure.accuracy.scores import OVERALL
from tasks.measure.speed.figure import Figure
from tasks.measure.speed.figures import figures_in
from tasks.measure.speed.point_result import PointResult
from tasks.record.question_shares import QuestionShare
from tasks.report.comparison.change import Change, PairedChange, paired_change, speed_change
from tasks.report.report_input import ReportInput
from tasks.report.tables.repeats import mean_of, sound_by_load, values_of
from tasks.report.tables.speed import by_sweep


class ComparedRun(Frozen):
    """One run of a comparison: its report, and how it answered each question."""

    report: ReportInput
    answers: tuple[QuestionShare, ...] = ()


class LoadKey(NamedTuple):
    """A load that several runs measured."""

    sweep: str
    load: str


class SpeedComparison(NamedTuple):
    """A figure of a load in every run: its mean over repeats, and its change since the first run."""

    place: LoadKey
    figure: Figure
    values: tuple[float | None, ...]
    changes: tuple[Change | None, ...]


class ScoreComparison(NamedTuple):
    """A score in every run, and its change since the first run over the questions that both were asked."""

    dataset: str
    subset: str
    metric: str
    values: tuple[float | None, ...]
    changes: tuple[PairedChange | None, ...]


FIGURES = figures_in("comparison")


def points_by_place(report: ReportInput) -> Mapping[LoadKey, list[PointResult]]:
    """The sound repeats of each load, in rising load."""
    rising = chain.from_iterable(by_sweep(report.points).values())
    loads = sound_by_load(rising)
    return {LoadKey(each[0].sweep, each[0].load.text): each for each in loads}


def speeds(runs: tuple[ComparedRun, ...]) -> tuple[SpeedComparison, ...]:
    """Every figure of every load, loads in the order they came."""
    found = [points_by_place(run.report) for run in runs]
    rows = (
        _speed(place, figure, [points.get(place, []) for points in found])
        for place in dict.fromkeys(place for points in found for place in points)
        for figure in FIGURES
    )
    return tuple(row for row in rows if any(value is not None for value in row.values))


def scores(runs: tuple[ComparedRun, ...]) -> tuple[ScoreComparison, ...]:
    """Every score of every question set."""
    found = [
        {(s.dataset, s.subset, s.metric): s.value for each in run.report.accuracy for s in each.scores}
        for run in runs
    ]
    return tuple(
        ScoreComparison(
            *name,
            values=tuple(of.get(name) for of in found),
            changes=(None, *(_paired(runs[0], run, *name[:2]) for run in runs[1:])),
        )
        for name in dict.fromkeys(name for of in found for name in of)
    )


def _speed(load: LoadKey, figure: Figure, runs: list[list[PointResult]]) -> SpeedComparison:
    """One figure of one load in every run; `runs` holds each run's repeats of the load."""
    repeats = [values_of(figure, points) for points in runs]
    base = repeats[0]
    changes = [speed_change(base, new) if base and new else None for new in repeats[1:]]
    means = tuple(mean_of(figure, points) for points in runs)
    return SpeedComparison(load, figure, values=means, changes=(None, *changes))


def _paired(base: ComparedRun, new: ComparedRun, dataset: str, subset: str) -> PairedChange | None:
    asked = [
        [each for each in run.answers if each.dataset == dataset and subset in (each.subset, OVERALL)]
        for run in (base, new)
    ]
    first, other = ({(each.question, each.target): each.share for each in of} for of in asked)
    return paired_change(first, other, single=all(each.answers == 1 for of in asked for each in of))
