"""The planned requests of a point: their lengths follow from the spec and its seed alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tasks.config.sweep import Sweep
from tasks.plan.planned_request import PlannedRequest
from tasks.plan.point_requests import planned_requests as planned_of_load

DRAWN = {
    "input_tokens": {"uniform": [10, 90]},
    "output_tokens": {"lognormal": {"mean": 9, "sd": 5, "max": 40}},
}


def sweep(**fields: Any) -> Sweep:
    """A sweep with these fields."""
    return Sweep.model_validate({"name": "s", "load": [{"concurrency": 1, "requests": 1}], **fields})


def planned_requests(sweep: Sweep, requests: int, warmup: int) -> list[PlannedRequest]:
    """The requests of the sweep's first load."""
    return planned_of_load(sweep, sweep.loads[0], requests, warmup)


def lengths(planned: list[PlannedRequest]) -> list[tuple[int | None, int | None]]:
    """The two lengths of each request."""
    return [(request.input_tokens, request.output_tokens) for request in planned]


def test_fixed_lengths_are_the_same_for_all_and_include_the_prefix() -> None:
    planned = planned_requests(sweep(input_tokens=30, output_tokens=4, prefix_tokens=5), 2, 1)
    assert lengths(planned) == [(35, 4)] * 3
    assert [(request.number, request.warmup) for request in planned] == [(0, True), (1, False), (2, False)]
    assert {request.shared for request in planned} == {(("prefix", 5),)}
    assert [request.seen_tokens for request in planned] == [0, 5, 5]


def test_the_same_seed_draws_the_same_lengths_at_every_load() -> None:
    first = planned_requests(sweep(**DRAWN), 50, 0)
    assert lengths(planned_requests(sweep(**DRAWN), 80, 7))[7:57] == lengths(first)
    assert lengths(planned_requests(sweep(**DRAWN, traffic_seed=1), 50, 0)) != lengths(first)
    assert lengths(first)[:3] == KNOWN
    assert all(10 <= request.input_tokens <= 90 for request in first if request.input_tokens)


KNOWN = [(57, 8), (26, 16), (54, 6)]
"""A draw that changes makes recorded points incomparable with new ones under the same cache key."""


def test_a_table_is_sent_whole_before_a_row_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "lengths.csv"
    rows = [(n, n + 100) for n in range(1, 21)]
    path.write_text("input_tokens,output_tokens\n" + "".join(f"{a},{b}\n" for a, b in rows))
    found = lengths(planned_requests(sweep(lengths=str(path)), 40, 3))[3:]
    assert sorted(found[:20]) == sorted(found[20:]) == rows
    assert found[:20] != found[20:] != rows
    assert Counter(found[:5]) != Counter(
        lengths(planned_requests(sweep(lengths=str(path), traffic_seed=9), 5, 0))
    )


def test_prefixes_are_drawn_by_the_seed_and_seen_from_their_second_use_on() -> None:
    shared = {"input_tokens": 10, "output_tokens": 1, "prefixes": {"count": 3, "tokens": 7}}
    planned = planned_requests(sweep(**shared), 30, 0)
    names = [request.shared[0][0] for request in planned]
    assert set(names) == {"prefix 0", "prefix 1", "prefix 2"}
    assert names == [request.shared[0][0] for request in planned_requests(sweep(**shared), 30, 4)[4:]]
    assert sum(request.seen_tokens or 0 for request in planned) == 27 * 7
    assert {request.input_tokens for request in planned} == {17}


def test_a_share_of_each_prompt_is_alike_and_no_longer_than_what_came_before() -> None:
    shared = {"input_tokens": {"uniform": [10, 100]}, "output_tokens": 1, "cache_hit_share": 0.6}
    planned, longest = planned_requests(sweep(**shared), 50, 0), 0
    for request in planned:
        size = round(0.6 * (request.input_tokens or 0))
        assert request.shared == (("prefix", size),)
        assert request.seen_tokens == min(size, longest)
        longest = max(size, longest)


def test_questions_have_lengths_of_their_own() -> None:
    assert lengths(planned_requests(sweep(dataset="openqa"), 2, 0)) == [(None, None)] * 2
    drawn = planned_requests(sweep(dataset="openqa", output_tokens={"uniform": [5, 5]}), 2, 0)
    assert lengths(drawn) == [(None, 5)] * 2
