"""The regressions of a run against the first run: one line for each worse or missing figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.audit.finding import number_of
from tasks.measure.speed.figures.point_result import PointResult
from tasks.plan.search import Knee
from tasks.report.comparison.change import is_worse
from tasks.report.comparison.change_text import percent_text, points_text
from tasks.report.comparison.compare_scores import compare_scores
from tasks.report.comparison.compare_speed import compare_speed, repeats_by_load
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.sure_losses import greatest_p, speed_loss

GIVEN_BY_SPEC = {"goodput", "cost_per_million_output_tokens"}
"""Figures that a point has only where its spec has objectives or a price."""


def regressions(runs: Sequence[ComparedRun], percent: float) -> tuple[str, ...]:
    """Return a line, as `B: SWEEP LOAD: …`, for each figure worse than in the first run by over `percent`.

    Changes that may be noise are omitted: each by itself, and among all figures of the two runs. For scores,
    `percent` means points on a scale of 0 to 100.
    """
    limits = [0.0, *(greatest_p(runs[0], run) for run in runs[1:])]
    return (*_worse_figures(runs, percent, limits), *_worse_scores(runs, percent, limits))


def lost_figures(runs: Sequence[ComparedRun]) -> tuple[str, ...]:
    """Return a line, as `B: SWEEP LOAD: …`, for each figure of A that another run lacks at a load of its.

    Figures that a spec's objectives or price give are no loss.
    """
    return tuple(_lost_figures(runs))


def missing_figures(runs: Sequence[ComparedRun]) -> tuple[str, ...]:
    """Return a line, as `B: SWEEP LOAD: …`, for each load or score of the first run that another lacks.

    Levels that a search passed over are not missing.
    """
    return (*_missing_loads(runs), *_missing_scores(runs))


def _worse_figures(runs: Sequence[ComparedRun], percent: float, limits: Sequence[float]) -> Iterator[str]:
    for comparison in compare_speed(runs):
        key, figure = comparison.key, comparison.figure
        runs_of_figure = zip(LETTERS, comparison.changes, limits, comparison.suspect, strict=False)
        for letter, change, limit, suspect in runs_of_figure:
            if change and is_worse(change, speed_loss(figure, change), percent, limit):
                text = f"{percent_text(change)}{_doubt(suspect, comparison.suspect[0])}"
                yield f"{letter}: {key.sweep} {key.load}: {figure.title}: {text}"


def _worse_scores(runs: Sequence[ComparedRun], percent: float, limits: Sequence[float]) -> Iterator[str]:
    for comparison in compare_scores(runs):
        runs_of_score = zip(LETTERS, comparison.changes, limits, comparison.failed, strict=False)
        for letter, change, limit, failed in runs_of_score:
            if change and is_worse(change, -change.difference, percent, limit):
                why = f" ({number_of(failed, 'answer')} failed and count as wrong)" if failed else ""
                yield f"{letter}: {comparison.key.text}: {points_text(change)}{why}"


def _doubt(suspect: bool, base_suspect: bool) -> str:
    """Return which of the two compared figures is suspect, in parentheses; empty if neither is."""
    if suspect and base_suspect:
        return " (both figures are suspect)"
    if suspect:
        return " (this figure is suspect)"
    return " (the first run's figure is suspect)" if base_suspect else ""


def _lost_figures(runs: Sequence[ComparedRun]) -> Iterator[str]:
    loads_of_runs = [repeats_by_load(run) for run in runs]
    for comparison in compare_speed(runs):
        key, figure = comparison.key, comparison.figure
        if comparison.means[0] is None or figure.name in GIVEN_BY_SPEC:
            continue
        for letter, mean, loads in zip(LETTERS, comparison.means, loads_of_runs, strict=False):
            if mean is None and key in loads:
                yield f"{letter}: {key.sweep} {key.load}: {figure.title}: not measured"


def _missing_loads(runs: Sequence[ComparedRun]) -> Iterator[str]:
    loads_of_runs = [repeats_by_load(run) for run in runs]
    for key, repeats in loads_of_runs[0].items():
        for letter, run, loads in zip(LETTERS, runs, loads_of_runs, strict=False):
            if key not in loads and not _passed_over(repeats.first, runs[0], run):
                yield f"{letter}: {key.sweep} {key.load}: not measured, or invalid"


def _passed_over(point: PointResult, base: ComparedRun, new: ComparedRun) -> bool:
    """Whether a level is missing only because each search measures other levels; False without two searches.

    A level that A held and that is not below the lowest one that broke in the new run is a loss.
    """
    before, after = _knee(point.sweep, base), _knee(point.sweep, new)
    if before is None or after is None:
        return False
    held = before.low is not None and point.load.level <= before.low
    broke = after.high is not None and point.load.level >= after.high
    return not (held and broke)


def _knee(sweep: str, run: ComparedRun) -> Knee | None:
    return next((knee for knee in run.report.knees if knee.sweep == sweep), None)


def _missing_scores(runs: Sequence[ComparedRun]) -> Iterator[str]:
    for comparison in compare_scores(runs):
        if comparison.values[0] is None:
            continue
        for letter, value in zip(LETTERS, comparison.values, strict=False):
            if value is None:
                yield f"{letter}: {comparison.key.text}: not measured"
