"""Rates that change: exact arrival times, and how many requests come when."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.config.load import read_load
from tasks.config.load_kinds.rate_profile import RateProfile
from tasks.config.spec_file import load_spec
from tasks.errors import InputError

RAMP = {"rate": {"from": 0, "to": 20, "over_s": 10}}
STEPS = {"rate": {"steps": [{"rate": 1, "for_s": 4}, {"rate": 5, "for_s": 2}, {"rate": 2, "for_s": 3}]}}


def profile(settings: dict[str, Any], **fields: Any) -> RateProfile:
    """The load with these settings."""
    load = read_load({**settings, **fields})
    assert isinstance(load, RateProfile)
    return load


def test_even_arrivals_of_a_ramp_are_those_of_its_integral() -> None:
    """From 0 with a growth of 2 a second squared, n requests have come after the square root of n."""
    times = list(profile(RAMP, arrival="constant").arrivals(1))
    assert times == pytest.approx([n**0.5 for n in range(100)])


def test_a_falling_ramp_ends_at_its_end() -> None:
    times = list(profile({"rate": {"from": 20, "to": 0, "over_s": 10}}, arrival="constant").arrivals(1))
    assert times[:2] == pytest.approx([0.0, 10 - 99**0.5])
    assert times[-1] == pytest.approx(9.0)
    assert len(times) == 100


def test_even_arrivals_of_steps_change_with_the_step() -> None:
    times = list(profile(STEPS, arrival="constant").arrivals(1))
    assert times == pytest.approx(
        [0, 1, 2, 3, *(4 + n / 5 for n in range(10)), *(6 + n / 2 for n in range(6))]
    )


@pytest.mark.parametrize(("settings", "halves"), [(RAMP, (26, 75)), (STEPS, (7.5, 13.5))])
def test_poisson_arrivals_have_the_rate_of_their_time(
    settings: dict[str, Any], halves: tuple[float, float]
) -> None:
    """Besides the first request, which is due at once."""
    load = profile(settings)
    half, counts = load.rate.seconds / 2, [0, 0]
    for seed in range(400):
        for moment in load.arrivals(seed):
            counts[moment >= half] += 1
    assert [count / 400 for count in counts] == pytest.approx(halves, rel=0.06)
    assert max(len(list(load.arrivals(seed))) for seed in range(400)) <= load.requests


def test_a_profile_knows_its_duration_and_reads_back() -> None:
    load = profile(RAMP)
    assert (load.duration_s, load.level, load.label) == (10, 20, "rate0-20over10s")
    assert load.requests == 100 + 60 + 2
    assert read_load(load.model_dump(mode="json")) == load
    assert profile(STEPS).label == "rate3steps-5over9s"


@pytest.mark.parametrize(
    ("load", "what"),
    [
        ("{rate: {from: 0, to: 0, over_s: 3}}", "the rate is 0 from beginning to end"),
        ("{rate: {from: 0, to: 1, over_s: 3}, duration_s: 5}", "a duration of its own"),
        ("{rate: 3, requests: 5, arrival: constant, burstiness: 2}", "constant gaps have no burstiness"),
    ],
)
def test_a_wrong_profile_is_refused(load: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.load=[{load}]"])
    assert what in caught.value.what
