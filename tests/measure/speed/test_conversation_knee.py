"""The search for saturation with conversations, against a stub whose knee is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.saturation import search
from stub.process import Stub
from tasks.config.saturation import Saturation
from tasks.config.sweep import Sweep

pytestmark = pytest.mark.usefixtures("warm")
SLOTS, TTFT_S, ITL_S, TOKENS, TURNS = 2, 0.05, 0.01, 6, 4
SERVICE_S = TTFT_S + (TOKENS - 1) * ITL_S
SEARCH = Saturation(until="saturated", concurrency=2, max=16, requests_per_slot=2 * TURNS, measurements=9)
SWEEP = Sweep.model_validate(
    {
        "name": "conversations",
        "dataset": "conversations",
        "input_tokens": 8,
        "output_tokens": TOKENS,
        "conversation": {"turns": TURNS, "think_time_s": SERVICE_S},
        "load": SEARCH,
    }
)


def test_users_who_think_as_long_as_they_are_served_saturate_half_as_many_slots(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    """By hand: the think time is that of a request, S. The stub ends at most as many requests as it has slots
    in a time S, so no more users than that think at a time: with twice as many users no slot is ever empty.
    With one user fewer, a conversation of 4 turns takes at least 4 S + 3 S, so that 3 users have at most
    3 · 4 / 7 S, which is 86 % of what 2 slots give.
    """
    server = stub(ttft=TTFT_S, itl=ITL_S, slots=SLOTS, prompt_tokens=32)
    found = search(SWEEP, server, tmp_path, tokenizer, seed=1)
    assert (found.knee, found.low, found.reason) == (2 * SLOTS, 2 * SLOTS - 1, "throughput")
