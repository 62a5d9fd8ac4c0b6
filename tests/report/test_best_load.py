"""The load with the best mean of a figure."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.best_load import best_load
from tasks.report.load_repeats import Repeats
from tests.record import made_up
from tests.report.made_up import SUSPECT

THROUGHPUT, LATENCY = BY_NAME["request_throughput"], BY_NAME["latency_mean_s"]
SLOW, FAST = made_up.point(concurrency=1), made_up.point(concurrency=10)


def valid(result: PointResult) -> Repeats:
    """A load that one valid point measured."""
    return Repeats((made_up.recorded(result),))


def suspect(result: PointResult) -> Repeats:
    """A load that one suspect point measured."""
    return Repeats((made_up.recorded(result, verdict=SUSPECT),))


def test_higher_or_lower_is_better_as_the_figure_says() -> None:
    highest = best_load([valid(SLOW), valid(FAST)], THROUGHPUT)
    lowest = best_load([valid(SLOW), valid(FAST)], LATENCY)
    assert highest is not None
    assert lowest is not None
    assert (highest.point, lowest.point) == (FAST, SLOW)
    assert highest.mean == FAST["request_throughput"]
    assert not highest.suspect


def test_a_figure_that_no_load_has_has_no_best_load() -> None:
    assert best_load([valid(made_up.point())], BY_NAME["energy_j"]) is None
    assert best_load([], LATENCY) is None


def test_a_valid_load_is_preferred_to_a_better_suspect_one() -> None:
    highest = best_load([valid(SLOW), suspect(FAST)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.suspect, highest.passed_over) == (SLOW, False, (FAST,))
    lowest = best_load([valid(SLOW), suspect(FAST)], LATENCY)
    assert lowest is not None
    assert (lowest.point, lowest.passed_over) == (SLOW, ())  # the suspect one is no better


def test_without_a_valid_load_the_best_suspect_one_says_that_it_is() -> None:
    highest = best_load([suspect(SLOW), suspect(FAST)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.suspect, highest.passed_over) == (FAST, True, ())
