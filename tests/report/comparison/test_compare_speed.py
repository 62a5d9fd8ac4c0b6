"""Speed compared load by load."""

from __future__ import annotations

import pytest

from tasks.report.comparison.compare_speed import LoadKey, compare_speed, repeats_by_load
from tasks.report.comparison.compared_run import ComparedRun
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
