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


def meeting(result: PointResult) -> PointResult:
    """The same point, with objectives that it meets."""
    return made_up.bounded(result, 100.0)


def breaking(result: PointResult) -> PointResult:
    """The same point, with objectives that it does not meet."""
    return made_up.bounded(result, 0.1)


def test_a_load_that_meets_its_objectives_is_preferred_to_a_better_one_that_does_not() -> None:
    slow, fast = meeting(SLOW), breaking(FAST)
    highest = best_load([valid(slow), valid(fast)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.unmet, highest.passed_over_unmet) == (slow, False, (fast,))
    lowest = best_load([valid(slow), valid(fast)], LATENCY)
    assert lowest is not None
    assert (lowest.point, lowest.passed_over_unmet) == (slow, ())  # the other one is no better


def test_objectives_that_one_repeat_breaks_or_cannot_judge_are_not_met() -> None:
    slow, unknown = meeting(SLOW), breaking(FAST).model_copy(update={"objectives_met": None})
    for other in (breaking(FAST), unknown):
        twice = Repeats((made_up.recorded(meeting(FAST)), made_up.recorded(other)))
        highest = best_load([valid(slow), twice], THROUGHPUT)
        assert highest is not None
        assert (highest.point, highest.unmet) == (slow, False)


def test_where_no_load_meets_its_objectives_the_best_one_says_so() -> None:
    slow, fast = breaking(SLOW), breaking(FAST)
    highest = best_load([valid(slow), valid(fast)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.unmet, highest.passed_over_unmet) == (fast, True, ())


def test_a_valid_load_comes_before_a_suspect_one_that_meets_its_objectives() -> None:
    slow, fast = breaking(SLOW), meeting(FAST)
    highest = best_load([valid(slow), suspect(fast)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.unmet, highest.passed_over) == (slow, True, (fast,))


def test_of_suspect_loads_too_those_that_meet_their_objectives_come_first() -> None:
    slow, fast = meeting(SLOW), breaking(FAST)
    highest = best_load([suspect(slow), suspect(fast)], THROUGHPUT)
    assert highest is not None
    assert (highest.point, highest.suspect, highest.unmet) == (slow, True, False)
    assert (highest.passed_over, highest.passed_over_unmet) == ((), (fast,))


def test_of_loads_that_are_printed_alike_the_lowest_is_the_best() -> None:
    means = {8: 0.2006, 2: 0.2013, 4: 0.2014, 16: 0.2016}  # 0.201 s but for the last
    points = [made_up.point(concurrency=load).with_figures({LATENCY.name: s}) for load, s in means.items()]
    lowest = best_load([valid(points[0]), suspect(points[2]), valid(points[1]), valid(points[3])], LATENCY)
    assert lowest is not None
    assert (lowest.point, lowest.mean, lowest.passed_over) == (points[1], 0.2013, ())
