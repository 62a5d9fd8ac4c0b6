"""Loads that are looked for, as a spec writes them."""

from __future__ import annotations

import pytest

from tasks.config.load import Saturation
from tasks.config.objective import Objective
from tasks.config.spec_file import load_spec
from tasks.config.sweep import LISTED, SOUGHT
from tasks.errors import InputError


def search(**fields: object) -> Saturation:
    return Saturation.model_validate({"until": "saturated"} | fields)


def test_a_spec_may_look_for_its_load() -> None:
    spec = load_spec("smoke", ["sweeps.0.load={until: saturated, concurrency: 1}"])
    assert spec.sweeps[0].search == search(concurrency=1)
    assert spec.sweeps[0].loads == ()
    assert len(spec.sweeps[1].loads) == 1


def test_levels_double_up_to_the_highest() -> None:
    assert list(search(concurrency=3, max=20).levels()) == [3, 6, 12, 20]
    assert list(search(rate=0.5, max=2).levels()) == [0.5, 1, 2]
    # A last step of a few per cent could gain no throughput worth the name.
    assert list(search(concurrency=10, max=162).levels()) == [10, 20, 40, 80, 162]
    assert list(search(concurrency=10, max=12).levels()) == [10, 12]


def test_an_interval_is_halved_until_it_is_narrow() -> None:
    slots = search(concurrency=1, precision=0.05)
    assert [slots.between(16, 32), slots.between(19, 20), slots.between(100, 105)] == [24, None, None]
    rates = search(rate=1)
    assert rates.between(1, 4) == pytest.approx(2)
    assert rates.between(9, 10) == 9.49
    assert [rates.between(10, 10.4), search(rate=1, precision=1e-6).between(1, 1.002)] == [None, None]


def test_a_level_has_requests_enough_for_its_objectives() -> None:
    p99 = (Objective(name="ttft_p99_s", bound=1), Objective(name="success", bound=1))
    slots = search(concurrency=1, requests_per_slot=6)
    assert [slots.load_at(4, p).requests for p in ((), p99)] == [24, 100]
    some_fail = (p99[0], Objective(name="success", bound=0.9))
    assert slots.load_at(4, some_fail).requests == 112  # of which 100 are left
    rate = search(rate=1, seconds=10).load_at(2.5, ())
    assert (rate.rate, rate.concurrency, rate.requests) == (2.5, None, 25)


@pytest.mark.parametrize(
    ("load", "what", "remedy"),
    [
        ("{until: saturated}", "give `concurrency`", ""),
        ("{until: saturated, concurrency: 1, rate: 1}", "give `concurrency`", ""),
        ("{until: saturated, concurrency: 9, max: 9}", "starts at 9", "`max` above"),
        ("{until: saturated, concurency: 9}", "load.concurency is no field", "did you mean concurrency?"),
        ("{until: bored, concurrency: 9}", "load.until is 'bored'", "'saturated'"),
        ("{concurrency: 9, requests: 9}", "load.requests is no field", "requests_per_slot"),
        ("[{concurrency: 9, reqests: 9}]", "load.0.reqests is no field", "did you mean requests?"),
    ],
)
def test_a_wrong_one_says_what_would_be_right(load: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.load={load}"])
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert not any(tag in str(caught.value) for tag in (LISTED, SOUGHT))


def test_a_search_has_no_repeats_of_its_own() -> None:
    with pytest.raises(InputError, match="a search repeats by itself"):
        load_spec("smoke", ["sweeps.0.load={until: saturated, concurrency: 1}", "sweeps.0.repeats=2"])
