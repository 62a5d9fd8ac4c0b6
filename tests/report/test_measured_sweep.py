"""Points grouped by sweep."""

from __future__ import annotations

from tasks.report.measured_sweep import measured_sweeps
from tests.report.made_up import report, sweep


def test_sweeps_keep_their_order_and_points_rise_by_load_then_repeat() -> None:
    names = [sweep.name for sweep in measured_sweeps(report())]
    assert names == ["throughput", "one-load", "twice", "again", "broken"]
    assert [result.load.level for result in sweep("throughput").results] == [1, 10, 100]
    assert [result.repeat for result in sweep("twice").results] == [1, 2, 1, 2]


def test_a_second_repeat_of_any_load_makes_repeats() -> None:
    assert sweep("twice").has_repeats
    assert not sweep("throughput").has_repeats
