"""The search for saturation with a mix, against a stub whose knee is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.saturation import search
from stub.process import Stub
from tasks.config.objective import Objective
from tasks.config.saturation import Saturation
from tasks.config.sweep import Sweep
from tasks.plan.mixed_sweep import with_parts

pytestmark = pytest.mark.usefixtures("warm")
SLOTS = 4
SEARCH = Saturation(until="saturated", concurrency=2, max=16, requests_per_slot=10, measurements=9)
CHAT = Sweep(name="chat", endpoint="chat", dataset="openqa", output_tokens=4)
LONG = Sweep(name="long", input_tokens=40, output_tokens=9)
MIX = [{"sweep": "chat", "share": 0.5}, {"sweep": "long", "share": 0.5}]


def test_a_bound_on_one_part_ends_the_search_though_the_mix_would_hold_it(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    """By hand: chat takes 0.05 + 3 x 0.01 s, long 0.05 + 8 x 0.01 s, and half of each 0.105 s."""
    named = Sweep.model_validate(
        {"name": "office", "mix": MIX, "load": SEARCH, "objectives": ["latency_mean_s <= 0.5"]}
    )
    bound = Objective.model_validate("latency_mean_s <= 0.12")
    long = LONG.model_copy(update={"objectives": (bound,)})
    server = stub(ttft=0.05, itl=0.01, prompt_tokens=32)
    found = search(with_parts(named, (CHAT, long, named)), server, tmp_path, tokenizer, seed=2)
    assert (found.knee, found.reason) == (None, "long: latency_mean_s <= 0.12")


def test_as_many_users_saturate_a_server_as_it_has_slots(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    """By hand: a slot serves one request at a time, however long it takes. Below `SLOTS` users a slot is
    empty; above, requests wait and no more of them end.
    """
    named = Sweep.model_validate({"name": "office", "mix": MIX, "load": SEARCH})
    sweep = with_parts(named, (CHAT, LONG, named))
    server = stub(ttft=0.05, itl=0.01, slots=SLOTS, prompt_tokens=32)
    found = search(sweep, server, tmp_path, tokenizer, seed=1)
    assert (found.knee, found.low, found.reason) == (SLOTS, SLOTS - 1, "throughput")
    assert {entry.path.removeprefix("/v1") for entry in server.log()} == {
        "/completions",
        "/chat/completions",
    }
