"""The requests of a search: those of every level are alike, however few a level has."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from tasks.config.objective import Objective
from tasks.config.sweep import Sweep
from tasks.plan.mixed_sweep import with_parts
from tasks.plan.planned_request import PlannedRequest
from tasks.plan.point_requests import planned_requests
from tasks.plan.search_requests import POOL, has_even_order, searched_load, searched_requests, warmup_waves
from tasks.stats import percentile

SEARCH = {"until": "saturated", "concurrency": 2, "max": 64}
DRAWN = {
    "input_tokens": {"uniform": [10, 90]},
    "output_tokens": {"lognormal": {"mean": 90, "sd": 50, "max": 400}},
}


def sweep(**fields: Any) -> Sweep:
    """A sweep that searches for saturation."""
    return Sweep.model_validate({"name": "s", "load": SEARCH, **fields})


LOAD = searched_load(sweep(), 2)


def level(sweep: Sweep, requests: int, warmup: int = 0) -> list[PlannedRequest]:
    """The measured requests of a level, after its warm-up."""
    return searched_requests(sweep, searched_load(sweep, 2), requests, warmup)[warmup:]


def worst(values: list[float], size: int) -> float:
    """The largest distance of the mean of as many values in a row from the mean of all, as a share of it."""
    means = [fmean(values[start : start + size]) for start in range(0, len(values) - size, size)]
    return max(abs(mean / fmean(values) - 1) for mean in means)


def test_any_thirty_requests_in_a_row_are_as_long_as_all_of_them() -> None:
    planned, independent = level(sweep(**DRAWN), POOL), planned_requests(sweep(**DRAWN), LOAD, POOL, 0)
    for name in ("input_tokens", "output_tokens"):
        even = [float(getattr(request, name)) for request in planned]
        drawn = [float(getattr(request, name)) for request in independent]
        assert sorted(even) == sorted(drawn)
        assert worst(even, 30) < 0.06
        assert worst(drawn, 30) > 0.12


@pytest.mark.parametrize("requests", [40, 80, 160, 320])
def test_the_first_requests_are_spread_as_all_where_a_percentile_is_bounded(requests: int) -> None:
    lognormal = {"lognormal": {"mean": 500, "sd": 500, "max": 4096}}
    drawn = sweep(
        input_tokens=DRAWN["input_tokens"], output_tokens=lognormal, objectives=["latency_p95_s <= 9"]
    )
    lengths = [float(request.output_tokens or 0) for request in level(drawn, POOL)]
    for percent in (50, 90, 95):
        found, true = percentile(sorted(lengths[:requests]), percent), percentile(sorted(lengths), percent)
        assert found == pytest.approx(true, rel=0.12)
    assert fmean(lengths[:requests]) == pytest.approx(fmean(lengths), rel=0.03)
    means = drawn.model_copy(update={"objectives": (Objective.model_validate("latency_mean_s <= 9"),)})
    middle = [float(request.output_tokens or 0) for request in level(means, requests)]
    assert (percentile(sorted(middle), 95) or 0) < 0.7 * (percentile(sorted(lengths), 95) or 0)


def test_every_level_sends_the_same_requests_first_and_all_of_them_before_one_comes_again() -> None:
    few, many = level(sweep(**DRAWN), 10), level(sweep(**DRAWN), POOL + 10, warmup=3)
    lengths = [[(request.input_tokens, request.output_tokens) for request in each] for each in (few, many)]
    assert lengths[1][:10] == lengths[0] == lengths[1][POOL:]
    assert [request.number for request in many] == list(range(3, POOL + 13))
    assert not any(request.warmup for request in many)


def test_requests_that_are_all_alike_are_sent_as_under_a_listed_load() -> None:
    alike = sweep(input_tokens=30, output_tokens=4, prefix_tokens=8, warmup_requests=2)
    assert not has_even_order(alike)
    assert level(alike, 30, 2) == planned_requests(alike, LOAD, 30, 2)[2:]
    assert not has_even_order(sweep(**DRAWN).model_copy(update={"load": (LOAD,)}))


def test_abandoned_requests_are_spread_evenly_and_a_level_has_enough_others() -> None:
    abandoned = sweep(output_tokens=9, abandon={"share": 0.2, "after_s": 1}, objectives=["ttft_p99_s <= 1"])
    load = searched_load(abandoned, 2)
    kept = [request for request in level(abandoned, load.requests) if request.abandon_after_s is None]
    assert len(kept) >= 100 > 0.75 * load.requests - 10
    gone = [number for number, request in enumerate(level(abandoned, POOL)) if request.abandon_after_s]
    assert len(gone) == pytest.approx(0.2 * POOL, rel=0.1)
    assert {after - before for before, after in pairwise(gone)} <= {4, 5, 6}


def test_without_abandoned_requests_a_level_has_as_many_as_its_objectives_need() -> None:
    assert searched_load(sweep(objectives=["ttft_p99_s <= 1"]), 2).requests == 100
    assert Objective.model_validate("ttft_p99_s <= 1").requests == 100
    with pytest.raises(ValueError, match="has no search"):
        searched_load(sweep().model_copy(update={"load": (LOAD,)}), 2)


def test_some_may_fail_so_more_are_sent() -> None:
    some_fail = sweep(objectives=["ttft_p99_s <= 1", "success >= 0.9"])
    assert searched_load(some_fail, 2).requests == 112  # 100 / 0.9


def test_a_level_of_a_mix_has_enough_requests_of_a_part_that_is_bounded() -> None:
    rare = Sweep.model_validate({"name": "rare", "output_tokens": 9, "objectives": ["ttft_p99_s <= 1"]})
    usual = Sweep.model_validate({"name": "usual", "output_tokens": 9})
    shares = [{"sweep": "rare", "share": 0.25}, {"sweep": "usual", "share": 0.75}]
    mixed = with_parts(sweep(mix=shares), (rare, usual))
    load = searched_load(mixed, 2)
    assert load.requests == 405  # 100 / 0.25, and 5
    assert sum(request.part == "rare" for request in level(mixed, load.requests)) >= 100


def test_at_least_one_of_the_drawn_requests_of_a_part_is_complete() -> None:
    """By hand: 100 of the 1000 that are drawn are rare ones, so 20 complete ones need 20 x 1000 at most."""
    left = {"share": 0.95, "after_s": 1}
    rare = sweep(name="rare", objectives=["ttft_p95_s <= 1"], abandon=left)
    shares = [{"sweep": "rare", "share": 0.1}, {"sweep": "usual", "share": 0.9}]
    mixed = with_parts(sweep(mix=shares), (rare, sweep(name="usual")))
    assert searched_load(mixed, 1).requests == 20_005


@pytest.mark.parametrize(
    ("fields", "waves"),
    [
        ({"objectives": ["ttft_p95_s <= 0.5"]}, 1),
        ({"objectives": ["tpot_mean_s <= 0.5", "success >= 1"], "warmup_requests": 3}, 1),
        ({"objectives": ["ttft_p95_s <= 0.5"], "warmup_waves": 2}, 2),
        ({"objectives": ["success >= 0.9"]}, 0),
        ({"objectives": ["ttft_p95_s <= 0.5"], "load": {"until": "saturated", "rate": 1}}, 0),
        ({"objectives": ["ttft_p95_s <= 0.5"], "load": [{"concurrency": 4, "requests": 9}]}, 0),
        ({"objectives": ["ttft_p95_s <= 0.5"], "dataset": "conversations"}, 0),
    ],
)
def test_a_search_that_bounds_a_time_warms_each_level_up(fields: dict[str, Any], waves: int) -> None:
    closed = {"name": "searched", "load": {"until": "saturated", "concurrency": 1}}
    if "dataset" in fields:
        closed["load"] = {"until": "saturated", "concurrency": 1, "requests_per_slot": 20}
    assert warmup_waves(Sweep.model_validate(closed | fields)) == waves


def test_the_warm_up_sends_each_prefix_so_that_every_level_finds_all_of_them() -> None:
    prefixes = sweep(prefixes={"count": 20, "tokens": 64}, input_tokens=8, warmup_requests=20)
    planned = searched_requests(prefixes, LOAD, 10, 20)
    assert [request.shared for request in planned[:20]] == [((f"prefix {n}", 64),) for n in range(20)]
    assert {request.seen_tokens for request in planned[20:]} == {64}
    assert {request.seen_tokens for request in planned[:20]} == {0}


def test_conversations_stay_whole_and_each_has_a_number_of_its_own() -> None:
    think_time = {"lognormal": {"mean": 2, "sd": 2, "max": 20}}
    chats = sweep(
        dataset="conversations",
        output_tokens=9,
        conversation={"turns": {"uniform": [1, 5]}, "think_time_s": think_time},
        load=SEARCH | {"requests_per_slot": 10},
    )
    turns = [request.turn for request in level(chats, POOL + 100) if request.turn]
    for before, after in pairwise(turns):
        follows = (before.conversation, before.turn + 1), (before.conversation + 1, 1)
        assert (after.conversation, after.turn) in follows
    thought = [turn.think_s for turn in turns[:POOL]]
    assert worst(thought, 60) < 0.15 < worst([turn.think_s for turn in drawn_turns(chats)], 60)


def drawn_turns(chats: Sweep) -> list[Any]:
    """The turns in the order in which they are drawn."""
    return [request.turn for request in planned_requests(chats, LOAD, POOL, 0)]


def test_a_mix_is_as_even_as_its_parts(tmp_path: Path) -> None:
    parts: dict[str, dict[str, Any]] = {
        "short": {"output_tokens": 10},
        "long": {"output_tokens": {"uniform": [200, 600]}},
    }
    sweeps = [sweep(**fields).model_copy(update={"name": name}) for name, fields in parts.items()]
    shares = [{"sweep": "short", "share": 0.8}, {"sweep": "long", "share": 0.2}]
    mixed = with_parts(sweep(mix=shares), sweeps)
    planned = level(mixed, POOL)
    assert sum(request.part == "long" for request in planned[:50]) == 10
    assert worst([float(request.output_tokens or 0) for request in planned], 50) < 0.1
