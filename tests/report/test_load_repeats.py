"""The repeats of a load that a report may use."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.load_repeats import Repeats, mean_of, usable_repeats, values_of
from tests.record import made_up


def test_invalid_points_and_points_without_a_success_are_left_out() -> None:
    points = [
        made_up.recorded(made_up.point("a", 4, repeat=1)),
        made_up.recorded(made_up.point("a", 4, repeat=2), verdict=Verdict(verdict="invalid")),
        made_up.recorded(made_up.point("b", 4)),
        made_up.recorded(made_up.point("a", 8, requests=20, failed=20)),
        made_up.recorded(made_up.point("a", 4, repeat=3), verdict=Verdict(verdict="suspect")),
    ]
    loads = [[(point.sweep, point.repeat) for point in repeats.results] for repeats in usable_repeats(points)]
    assert loads == [[("a", 1), ("a", 3)], [("b", 1)]]
    assert [repeats.suspect for repeats in usable_repeats(points)] == [True, False]


def test_a_mean_counts_the_repeats_that_have_the_figure() -> None:
    figure = BY_NAME["goodput"]
    rates = (1.0, None, 2.0)
    points = tuple(made_up.recorded(made_up.point().with_figures({"goodput": rate})) for rate in rates)
    assert values_of(figure, Repeats(points)) == [1.0, 2.0]
    assert mean_of(figure, Repeats(points)) == pytest.approx(1.5)
    assert mean_of(figure, Repeats(points[1:2])) is None
    assert mean_of(figure, Repeats()) is None
