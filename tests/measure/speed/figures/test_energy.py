"""Energy: the power of GPUs, integrated over the measured window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.measure.speed.figures.energy import integral
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading
from tests.record import made_up

LOAD = ClosedLoop(concurrency=4, requests=2)


def rows() -> tuple[RequestRow, ...]:
    """A warm-up at 0 s, which does not count, and two requests of 64 tokens, due at 0.999 s and 1.999 s."""
    return (made_up.request(0, warmup=True), made_up.request(1), made_up.request(2))


def power(watts: Callable[[float], float], gpu: int = 0, step_s: float = 0.5) -> list[Reading]:
    """Readings from 3 s before the point to 20 s after its start."""
    seconds = [-3 + step_s * step for step in range(round(23 / step_s) + 1)]
    return [
        Reading(made_up.START + timedelta(seconds=at), "gpu", f"power_w_gpu{gpu}", watts(at))
        for at in seconds
    ]


def figures(readings: Sequence[Reading], requests: Sequence[RequestRow] | None = None) -> list[float | None]:
    """Energy, energy per output token and energy per request of ten seconds."""
    data = PointData(LOAD, rows() if requests is None else requests, duration_s=10.0, readings=readings)
    names = ("energy_j", "energy_per_output_token_j", "energy_per_request_j")
    return [BY_NAME[name].compute(data) for name in names]


def test_constant_power_times_the_duration() -> None:
    assert figures(power(lambda at: 500)) == pytest.approx([5000, 5000 / 128, 2500])


def test_only_the_measured_window_counts_while_the_power_rises() -> None:
    """The power rises by 10 W a second: its mean is that of the window's middle, at 0.999 + 5 s."""
    assert figures(power(lambda at: 100 + 10 * at))[0] == pytest.approx(10 * (100 + 10 * 5.999))


def test_the_gpus_of_one_server_add_up() -> None:
    both = [*power(lambda at: 500), *power(lambda at: 300, gpu=1, step_s=1.0)]
    assert figures(both)[0] == pytest.approx(8000)


def test_a_gpu_without_a_power_reading_leaves_the_energy_unknown() -> None:
    temperature = Reading(made_up.START, "gpu", "temperature_c_gpu1", 60)
    for readings in ([*power(lambda at: 500), temperature], [temperature], []):
        assert figures(readings) == [None] * 3


def test_readings_with_a_gap_leave_the_energy_unknown() -> None:
    whole = power(lambda at: 500)
    for missing in ((0, 6), (-9, 6.5), (5, 99)):
        start, end = (made_up.START + timedelta(seconds=at) for at in missing)
        kept = [reading for reading in whole if not start < reading.time < end]
        assert figures(kept)[0] is None
    until_12_s = [reading for reading in whole if reading.time < made_up.START + timedelta(seconds=12)]
    assert figures(until_12_s)[0] == pytest.approx(5000)


def test_a_point_without_a_success_has_energy_and_none_per_request() -> None:
    assert figures(power(lambda at: 500), ())[0] is None
    failed = figures(power(lambda at: 500), (made_up.request(1, "HTTP 500"),))
    assert failed == [pytest.approx(5000), None, None]


@pytest.mark.parametrize(
    ("start", "end", "area"), [(0, 2, 4), (1, 2, 3), (-1, 0, 0), (2, 5, 12), (0.5, 0.5, 0), (3, 4, 4)]
)
def test_an_integral_starts_and_ends_anywhere(start: float, end: float, area: float) -> None:
    """The values rise from 0 to 4 within two seconds and then stay."""
    assert integral([(0.0, 0.0), (1.0, 2.0), (2.0, 4.0)], start, end) == pytest.approx(area)
