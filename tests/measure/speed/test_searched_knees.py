"""The search for saturation with each kind of traffic, against stubs whose knees are known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.saturation import search_with_points
from stub.process import Stub
from tasks.config.sweep import Sweep
from tasks.plan.search_requests import searched_requests

pytestmark = pytest.mark.usefixtures("warm")
SLOTS, TTFT_S, ITL_S = 3, 0.02, 0.005
SEARCH = {"until": "saturated", "concurrency": 2, "max": 4, "requests_per_slot": 6, "measurements": 9}
# Drawn by these seeds in any order, the answers at three slots are 9 to 14 % longer than those at four.
LENGTHS = [2 + 29 * number % 37 for number in range(185)]
TRAFFIC: dict[str, dict[str, Any]] = {
    "uniform": {"output_tokens": {"uniform": [2, 38]}, "input_tokens": {"uniform": [8, 40]}},
    "lognormal": {"output_tokens": {"lognormal": {"mean": 20, "sd": 15, "max": 80}}},
    "lengths": {"lengths": "lengths.csv", "traffic_seed": 10},
    "prefixes": {"output_tokens": 20, "prefixes": {"count": 4, "tokens": 40}, "warmup_requests": 4},
    "cache_hit_share": {"output_tokens": 20, "input_tokens": 80, "cache_hit_share": 0.75},
    "abandon": {"output_tokens": 37, "abandon": {"share": 0.2, "after_s": 0.01}},
    "steady_state": {"output_tokens": 20, "steady_state": {"min_s": 0.1}},
}
REQUESTS_PER_SLOT = {"abandon": 10}
"""More than elsewhere where few of the requests hold their slots for as long as the others."""


def closed(kind: str, folder: Path) -> Sweep:
    """The sweep of a kind of traffic, searched from two requests at once on."""
    search = SEARCH | {"requests_per_slot": REQUESTS_PER_SLOT.get(kind, SEARCH["requests_per_slot"])}
    fields = {"name": "sweep", "input_tokens": 8, "traffic_seed": 2, "load": search, **TRAFFIC[kind]}
    if kind == "lengths":
        del fields["input_tokens"]
        fields["lengths"] = str(folder / fields["lengths"])
        rows = "".join(f"8,{tokens}\n" for tokens in LENGTHS)
        Path(fields["lengths"]).write_text(f"input_tokens,output_tokens\n{rows}")
    return Sweep.model_validate(fields)


@pytest.mark.parametrize("kind", TRAFFIC)
def test_as_many_requests_as_slots_saturate_whatever_the_traffic(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path, kind: str
) -> None:
    """By hand: with a request fewer than slots, one slot of three is always empty, which costs a third.

    Abandoned requests hold a slot for 10 ms, where others hold it for 200 ms: a fifth of them takes
    0.2 · 10 / (0.2 · 10 + 0.8 · 200) = 1.2 % of a slot's time, less than the 3 % that count as lost.
    """
    server = stub(ttft=TTFT_S, itl=ITL_S, slots=SLOTS, tokenizer=str(tokenizer), prefix_cache=True)
    sweep = closed(kind, tmp_path)
    found, points = search_with_points(sweep, server, tmp_path, tokenizer, seed=1)
    assert (found.knee, found.low, found.reason) == (SLOTS, SLOTS - 1, "throughput")
    assert not any(point.failed for point in points)
    assert any(point.abandoned for point in points) == (sweep.abandon is not None)
    assert all((point["steady_s"] or 0.0) > 0.1 for point in points)
    for point in points:
        planned = searched_requests(sweep, point.load, point.requests, sweep.warmup_requests)
        measured = [request for request in planned if not request.warmup and not request.abandon_after_s]
        seen = sum(request.seen_tokens or 0 for request in measured)
        tokens = sum(request.input_tokens or 0 for request in measured)
        assert point["cache_hit_share"] == pytest.approx(seen / tokens, abs=0.01)


def test_the_rate_of_the_slots_is_found_although_requests_come_in_bursts(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    """By hand: four slots of 20 + 4 · 5 ms = 40 ms serve 100 requests a second.

    The levels are 40, 80, 160 and 113; 113 a second are more than four slots answer.
    """
    search = {"until": "saturated", "rate": 40, "max": 160, "seconds": 2, "burstiness": 0.5}
    precision = {"precision": 0.5, "measurements": 5}
    fields = {"name": "sweep", "input_tokens": 8, "output_tokens": 5, "load": search | precision}
    sweep = Sweep.model_validate(fields)
    server = stub(ttft=TTFT_S, itl=ITL_S, slots=4, prompt_tokens=8)
    found, _ = search_with_points(sweep, server, tmp_path, tokenizer, seed=1)
    assert (found.knee, found.low, found.high, found.reason) == (80, 80, 113, "throughput")
