"""The load with the best mean of a figure."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.best_load import best_load
from tests.record import made_up


def test_higher_or_lower_is_better_as_the_figure_says() -> None:
    slow, fast = made_up.point(concurrency=1), made_up.point(concurrency=10)
    highest = best_load([[slow], [fast]], BY_NAME["request_throughput"])
    lowest = best_load([[slow], [fast]], BY_NAME["latency_mean_s"])
    assert highest is not None
    assert lowest is not None
    assert (highest.point, lowest.point) == (fast, slow)
    assert highest.mean == fast["request_throughput"]


def test_a_figure_that_no_load_has_has_no_best_load() -> None:
    assert best_load([[made_up.point()]], BY_NAME["energy_j"]) is None
    assert best_load([], BY_NAME["latency_mean_s"]) is None
