"""Energy by trapezoids over the measured window, and what tokens cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tasks.measure.results import RequestRow
from tasks.measure.speed.cost import with_cost
from tasks.measure.speed.energy import integral, with_energy
from tasks.probe.reading import Reading
from tests.record import made_up

POINT = made_up.point(concurrency=4, requests=2).model_copy(update={"duration_s": 10.0})


def rows() -> tuple[RequestRow, ...]:
    """A warm-up at 0 s, which does not count, and two requests of 64 tokens, due at 0.999 s and 1.999 s."""
    return (made_up.request(0, warmup=True), made_up.request(1), made_up.request(2))


def power(watts: Callable[[float], float], card: int = 0, step_s: float = 0.5) -> list[Reading]:
    """Readings from 3 s before the point to 20 s after its begin."""
    seconds = [-3 + step_s * place for place in range(round(23 / step_s) + 1)]
    return [
        Reading(made_up.START + timedelta(seconds=at), "gpu", f"power_w_gpu{card}", watts(at))
        for at in seconds
    ]


def test_even_power_times_the_duration() -> None:
    found = with_energy(POINT, rows(), power(lambda at: 500))
    assert found.energy_j == pytest.approx(5000)
    assert found.energy_per_output_token_j == pytest.approx(5000 / 128)
    assert found.energy_per_request_j == pytest.approx(2500)


def test_only_the_measured_window_counts_and_slopes_are_followed() -> None:
    """The power rises by 10 W a second: its mean is that of the window's middle, at 0.999 + 5 s."""
    found = with_energy(POINT, rows(), power(lambda at: 100 + 10 * at))
    assert found.energy_j == pytest.approx(10 * (100 + 10 * 5.999))


def test_the_cards_of_one_server_add_up() -> None:
    both = [*power(lambda at: 500), *power(lambda at: 300, card=1, step_s=1.0)]
    assert with_energy(POINT, rows(), both).energy_j == pytest.approx(8000)


def test_a_card_that_tells_no_power_leaves_the_energy_open() -> None:
    silent = Reading(made_up.START, "gpu", "temperature_c_gpu1", 60)
    for readings in ([*power(lambda at: 500), silent], [silent], []):
        found = with_energy(POINT, rows(), readings)
        assert (found.energy_j, found.energy_per_output_token_j, found.energy_per_request_j) == (None,) * 3


def test_readings_that_leave_a_gap_leave_the_energy_open() -> None:
    whole = power(lambda at: 500)
    for missing in ((0, 6), (-9, 6.5), (5, 99)):
        start, end = (made_up.START + timedelta(seconds=at) for at in missing)
        seen = [each for each in whole if not start < each.time < end]
        assert with_energy(POINT, rows(), seen).energy_j is None
    later = [each for each in whole if each.time < made_up.START + timedelta(seconds=12)]
    assert with_energy(POINT, rows(), later).energy_j == pytest.approx(5000)


def test_a_point_without_a_request_took_nothing_that_is_known() -> None:
    failed = POINT.model_copy(update={"succeeded": 0})
    assert with_energy(failed, (), power(lambda at: 500)).energy_j is None
    wasted = with_energy(failed, (made_up.request(1, "HTTP 500"),), power(lambda at: 500))
    assert (wasted.energy_j, wasted.energy_per_request_j) == (pytest.approx(5000), None)


@pytest.mark.parametrize(
    ("start", "end", "area"), [(0, 2, 4), (1, 2, 3), (-1, 0, 0), (2, 5, 12), (0.5, 0.5, 0), (3, 4, 4)]
)
def test_an_integral_may_begin_and_end_anywhere(start: float, end: float, area: float) -> None:
    """From 0 to 4 within two seconds, then even."""
    assert integral([(0.0, 0.0), (1.0, 2.0), (2.0, 4.0)], start, end) == pytest.approx(area)


def test_a_million_tokens_cost_what_the_server_costs_meanwhile() -> None:
    point = POINT.model_copy(update={"output_token_throughput": 1000.0, "total_token_throughput": 4000.0})
    found = with_cost(point, 3.6)
    assert found.cost_per_million_output_tokens == pytest.approx(1.0)
    assert found.cost_per_million_tokens == pytest.approx(0.25)
    assert with_cost(found, None).cost_per_million_tokens is None
    idle = with_cost(POINT.model_copy(update={"output_token_throughput": 0.0}), 3.6)
    assert idle.cost_per_million_output_tokens is None
