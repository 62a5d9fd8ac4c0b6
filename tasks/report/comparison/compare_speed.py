"""Compares the speed of several runs: every figure of every load, and its change since the first run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report.comparison.change import Change
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.goodput_change import figure_change
from tasks.report.load_repeats import Repeats, mean_of, usable_repeats
from tasks.report.measured_sweep import measured_sweeps

_FIGURES = figures_in("comparison")


class LoadKey(NamedTuple):
    """The key that identifies the same load in several runs."""

    sweep: str
    load: str


class SpeedComparison(NamedTuple):
    """One figure of one load.

    `means`, `changes` and `suspect` have an entry for each run; the first run has no change. `suspect`:
    whether a repeat of the load is suspect in that run, so that its mean and its change are doubtful.
    """

    key: LoadKey
    figure: Figure
    means: tuple[float | None, ...]
    changes: tuple[Change | None, ...]
    suspect: tuple[bool, ...]


def repeats_by_load(run: ComparedRun) -> dict[LoadKey, Repeats]:
    """Return the usable repeats of each load of a run, by sweep and then by rising load."""
    loads = {}
    for sweep in measured_sweeps(run.report):
        for repeats in usable_repeats(sweep.points):
            loads[LoadKey(sweep.name, repeats.first.load.text)] = repeats
    return loads


def compare_speed(runs: Sequence[ComparedRun]) -> tuple[SpeedComparison, ...]:
    """Compare every figure that at least one run has.

    Sweeps are in order of first appearance, and the loads of each by rising level.
    """
    loads_of_runs = [repeats_by_load(run) for run in runs]
    comparisons = []
    for key in _ordered_loads(loads_of_runs):
        repeats_of_runs = [loads.get(key, Repeats()) for loads in loads_of_runs]
        for figure in _FIGURES:
            comparison = _compare_figure(key, figure, repeats_of_runs)
            if any(mean is not None for mean in comparison.means):
                comparisons.append(comparison)
    return tuple(comparisons)


def _ordered_loads(loads_of_runs: Sequence[Mapping[LoadKey, Repeats]]) -> list[LoadKey]:
    repeats_of_loads = dict(chain.from_iterable(loads.items() for loads in loads_of_runs))
    sweeps = list(dict.fromkeys(key.sweep for key in repeats_of_loads))
    places = {
        key: (sweeps.index(key.sweep), *repeats.first.load.sort_key)
        for key, repeats in repeats_of_loads.items()
    }
    return sorted(places, key=places.__getitem__)


def _compare_figure(key: LoadKey, figure: Figure, repeats_of_runs: Sequence[Repeats]) -> SpeedComparison:
    """Compare one figure of one load. A run that did not measure the load has no repeats."""
    base, *others = repeats_of_runs
    changes = [figure_change(figure, base, new) for new in others]
    means = tuple(mean_of(figure, repeats) for repeats in repeats_of_runs)
    suspect = tuple(repeats.suspect for repeats in repeats_of_runs)
    return SpeedComparison(key, figure, means, changes=(None, *changes), suspect=suspect)
