"""Kinds of load, and the search for one, as a spec writes them."""

from __future__ import annotations

import re

import pytest

from tasks.config.load import LOAD_KINDS, TAG_PREFIX, common_kind, read_load
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.saturation import Saturation
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


def search(**fields: object) -> Saturation:
    return Saturation.model_validate({"until": "saturated"} | fields)


def test_a_spec_may_look_for_its_load() -> None:
    spec = load_spec("smoke", ["sweeps.0.load={until: saturated, concurrency: 1}"])
    assert spec.sweeps[0].search == search(concurrency=1)
    assert spec.sweeps[0].loads == ()
    assert len(spec.sweeps[1].loads) == 1


def test_each_kind_of_load_is_chosen_by_its_field() -> None:
    closed, burst = read_load({"concurrency": 4, "requests": 20}), read_load({"burst": 7})
    assert (closed, burst) == (
        ClosedLoop(concurrency=4, requests=20),
        ClosedLoop(concurrency=7, requests=7),
    )
    assert (closed.label, closed.level, closed.slots, closed.text, closed.columns) == (
        ("c4", 4, 4, "4", {"concurrency": 4})
    )
    rate = read_load({"rate": 2.5, "requests": 9, "arrival": "constant"})
    assert (rate.label, rate.level, rate.slots, rate.text, rate.columns) == (
        ("rate2.5", 2.5, 0, "2.5/s", {"rate": 2.5})
    )
    profile = read_load({"rate": {"from": 1, "to": 3, "over_s": 60}})
    assert (profile.label, profile.level, profile.slots, profile.steady) == ("rate1-3over60s", 3, 0, False)
    trace = read_load({"trace": "/a/my trace.jsonl", "speed": 2})
    assert (trace.label, trace.level, trace.slots, trace.steady) == ("trace-my-trace-x2", 2, 0, False)
    bursty = read_load({"rate": 2.5, "requests": 9, "burstiness": 0.5})
    assert (bursty.label, bursty.text) == ("rate2.5burst0.5", "2.5/s burstiness 0.5")
    assert set(LOAD_KINDS) == {"concurrency", "rate", "profile", "trace"}


def test_a_load_that_an_older_version_printed_is_still_read() -> None:
    printed: dict[str, object] = {
        "concurrency": 4,
        "rate": None,
        "arrival": "poisson",
        "requests": 20,
        "duration_s": None,
    }
    assert read_load(printed) == ClosedLoop(concurrency=4, requests=20)
    printed = {"concurrency": None, "rate": 2.0, "arrival": "poisson", "requests": 20, "duration_s": None}
    assert read_load(printed) == OpenLoop(rate=2.0, requests=20)


def test_loads_are_ordered_by_kind_and_level_and_limited_by_their_requests() -> None:
    loads = [OpenLoop(rate=2, requests=8), ClosedLoop(concurrency=10, requests=50)]
    loads += [ClosedLoop(concurrency=9, requests=50), OpenLoop(rate=1.5, requests=8)]
    ordered = [load.label for load in sorted(loads, key=lambda load: load.sort_key)]
    assert ordered == ["c9", "c10", "rate1.5", "rate2"]
    assert ClosedLoop(concurrency=10, requests=50).time_limit_s(50, 60) == 360
    assert OpenLoop(rate=2, requests=50).time_limit_s(50, 60) == 110


def test_loads_of_several_kinds_are_called_load() -> None:
    closed, opened = ClosedLoop(concurrency=1, requests=1), OpenLoop(rate=2.0, requests=1)
    assert common_kind([closed]) == "concurrency"
    assert common_kind([closed, opened]) == "load"


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


def test_a_level_has_as_many_requests_as_it_needs() -> None:
    slots = search(concurrency=1, requests_per_slot=6)
    assert [slots.load_at(4).requests, slots.load_at(4, 23).requests] == [24, 24]
    assert slots.load_at(4, 100).requests == 100
    rate = search(rate=1, seconds=10).load_at(2.5)
    assert (rate.columns, rate.requests) == ({"rate": 2.5}, 25)


@pytest.mark.parametrize(
    ("load", "what", "remedy"),
    [
        ("{until: saturated}", "no single kind", "give `concurrency`"),
        ("{until: saturated, concurrency: 1, rate: 1}", "no single kind", "give `concurrency`"),
        ("{until: saturated, concurrency: 9, max: 9}", "starts at 9", "`max` above"),
        ("{until: saturated, concurency: 9}", "load.concurency is not a field", "did you mean concurrency?"),
        ("{until: bored, concurrency: 9}", "load.until is 'bored'", "'saturated'"),
        ("{concurrency: 9, requests: 9}", "load.requests is not a field", "requests_per_slot"),
        ("{until: saturated, rate: {from: 1, to: 9, over_s: 60}}", "changes its rate", "give `rate: NUMBER`"),
        ("{until: saturated, rate: {steps: [{rate: 1, for_s: 9}]}}", "changes its rate", "as a load: [{rate"),
        ("{until: saturated, trace: a.jsonl}", "a trace has times of its own", "or remove `until`"),
        ("[{concurrency: 9, reqests: 9}]", "load.0.reqests is not a field", "did you mean requests?"),
    ],
)
def test_a_wrong_one_says_what_would_be_right(load: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.load={load}"])
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert not re.search(rf"{TAG_PREFIX}\w", str(caught.value))


def test_a_search_has_no_repeats_of_its_own() -> None:
    with pytest.raises(InputError, match="a search repeats by itself"):
        load_spec("smoke", ["sweeps.0.load={until: saturated, concurrency: 1}", "sweeps.0.repeats=2"])
