"""Speed compared load by load."""

from __future__ import annotations

import pytest

from tasks.report.comparison.compare_speed import LoadKey, compare_speed, repeats_by_load
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.regressions import regressions
from tasks.report.comparison.undecided import undecided
from tasks.report.comparison.work_notes import work_notes
from tests.record import made_up
from tests.report.comparison.compared_runs import compared
from tests.report.made_up import report


def test_repeats_are_grouped_by_sweep_and_load_without_invalid_ones() -> None:
    loads = repeats_by_load(ComparedRun(report=report()))
    assert [(key, len(repeats.points)) for key, repeats in loads.items()] == [
        (LoadKey("throughput", "1"), 1),
        (LoadKey("throughput", "10"), 1),
        (LoadKey("throughput", "100"), 1),
        (LoadKey("one-load", "20"), 1),
        (LoadKey("twice", "4"), 2),
        (LoadKey("twice", "8"), 2),
        (LoadKey("again", "20"), 1),
    ]


def test_a_load_that_one_run_did_not_measure_has_no_change() -> None:
    empty = ComparedRun(report=report(points=(), accuracy=()))
    first = compare_speed((compared("a"), empty, compared("c", 1.1)))[0]
    assert first.key == LoadKey("throughput", "4")
    assert first.means[1] is None
    base, missing, changed = first.changes
    assert (base, missing) == (None, None)
    assert changed is not None
    assert changed.difference == pytest.approx(0.1)


def test_loads_of_one_sweep_rise_whichever_run_measured_them() -> None:
    """Two searches pass through other levels: 2, 8, 16 and 2, 4, 10."""

    def searched(run_id: str, *levels: int) -> ComparedRun:
        points = [made_up.recorded(made_up.point(concurrency=level), run_id) for level in levels]
        other = made_up.recorded(made_up.point(sweep="a", concurrency=1), run_id)
        return ComparedRun(report=report(points=(*points, other), accuracy=()))

    comparisons = compare_speed((searched("a", 2, 8, 16), searched("b", 2, 4, 10)))
    keys = list(dict.fromkeys(each.key for each in comparisons))
    assert [key.load for key in keys if key.sweep == "throughput"] == ["2", "4", "8", "10", "16"]
    assert keys[-1] == LoadKey("a", "1")


def bounded_run(run_id: str, bound_s: float, goodput: float) -> ComparedRun:
    """A run of one load, twice, whose requests are judged by this bound on their latency."""
    points = []
    for repeat in (1, 2):
        point = made_up.bounded(made_up.point(repeat=repeat), bound_s)
        points.append(made_up.recorded(point.with_figures({"goodput": goodput + repeat / 1000}), run_id))
    return ComparedRun(report=report(run=made_up.run(run_id), points=tuple(points), accuracy=()))


def test_goodput_of_other_objectives_is_not_compared() -> None:
    strict, loose = bounded_run("a", 4.0, 1.0), bounded_run("b", 40.0, 3.0)

    def changes(*runs: ComparedRun) -> list[bool]:
        found = [each for each in compare_speed(runs) if each.figure.name == "goodput"]
        return [each.changes[1] is not None for each in found]

    assert changes(strict, bounded_run("b", 4.0, 3.0)) == [True]
    assert changes(strict, loose) == [False]
    assert regressions((loose, strict), 5) == ()
    assert len(regressions((bounded_run("b", 4.0, 3.0), strict), 5)) == 1
    assert not [each for each in undecided(loose, strict, 90) if each.figure.name == "goodput"]
    assert work_notes((strict, loose)) == [
        "throughput 4: goodput of B is that of other objectives than in A: no change is given"
    ]
    assert work_notes((strict, bounded_run("b", 4.0, 3.0))) == []
