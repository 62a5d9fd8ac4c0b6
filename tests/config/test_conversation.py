"""Conversations in a spec: their defaults, and what users who wait for their answers cannot do."""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import Any

import pytest
from pydantic import ValidationError

from tasks.config.conversation import Conversation
from tasks.config.sweep import Sweep

LOAD = [{"concurrency": 2, "requests": 4}]


def sweep(**fields: Any) -> Sweep:
    """A sweep of conversations with these fields."""
    defaults = {"name": "s", "dataset": "conversations", "load": LOAD}
    return Sweep.model_validate(defaults | fields)


def test_conversations_are_random_chats_of_four_turns_by_default() -> None:
    plain = sweep()
    assert (plain.endpoint, plain.conversation) == ("chat", Conversation(turns=4, think_time_s=0.0))
    assert (plain.has_random_prompts, plain.exact_output_tokens) == (True, 1024)


def test_recorded_conversations_have_lengths_of_their_own() -> None:
    recorded = sweep(conversation={"file": "/c.jsonl"})
    assert (recorded.has_random_prompts, recorded.exact_output_tokens) == (False, None)


def test_a_sweep_without_conversations_dumps_as_before() -> None:
    assert "conversation" not in Sweep.model_validate({"name": "s", "load": LOAD}).model_dump()


def test_a_think_time_is_drawn_from_its_range() -> None:
    drawn = Conversation.model_validate({"think_time_s": {"uniform": [1, 5]}})
    assert [drawn.think_s(share) for share in (0.0, 0.5, 1.0)] == [1, 3, 5]


def test_a_log_normal_think_time_has_its_mean_and_keeps_its_limit() -> None:
    shape = {"mean": 5, "sd": 4, "max": 500}
    drawn = Conversation.model_validate({"think_time_s": {"lognormal": shape}})
    times = [drawn.think_s((number + 0.5) / 20_000) for number in range(20_000)]
    assert fmean(times) == pytest.approx(5, rel=0.002)
    assert pstdev(times) == pytest.approx(4, rel=0.01)
    cut = Conversation.model_validate({"think_time_s": {"lognormal": shape | {"max": 6}}})
    assert cut.think_s(0.999999) == pytest.approx(6, abs=1e-4)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"dataset": "random", "conversation": {}}, "random has no conversations"),
        ({"conversation": None}, "neither generated nor in a file"),
        ({"endpoint": "completions"}, "conversations are messages"),
        ({"prefixes": {"count": 2, "tokens": 5}}, "conversations have no `prefixes`"),
        ({"cache_hit_share": 0.5}, "conversations have no `cache_hit_share`"),
        ({"abandon": {"share": 0.1, "after_s": 1}}, "conversations have no `abandon`"),
        ({"clients": 2}, "one load process sends all conversations"),
        ({"load": [{"rate": 1, "requests": 4}]}, "waits for each answer"),
        ({"load": {"until": "saturated", "rate": 1}}, "waits for each answer"),
        ({"load": {"until": "saturated", "concurrency": 1}}, "set `requests_per_slot` to 8 or more"),
        ({"conversation": {"file": "/c.csv"}}, "is not a file of conversations"),
        ({"conversation": {"file": "/c.jsonl", "turns": 2}}, "turns and tool results of its own"),
        ({"conversation": {"file": "/c.jsonl"}, "input_tokens": {"uniform": [1, 2]}}, "lengths of their own"),
        ({"conversation": {"think_time_s": {"uniform": [5, 1]}}}, "5 is above 1"),
        (
            {"conversation": {"think_time_s": {"lognormal": {"mean": 5, "sd": 1, "max": 4}}}},
            "max 4 is below the mean 5",
        ),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        sweep(**fields)


def test_a_search_needs_two_conversations_a_user() -> None:
    search = {"until": "saturated", "concurrency": 1, "requests_per_slot": 10}
    assert sweep(load=search, conversation={"turns": {"uniform": [2, 8]}}).search is not None
    with pytest.raises(ValidationError, match="10 requests a slot are fewer than two conversations"):
        sweep(load=search, conversation={"turns": {"uniform": [3, 8]}})
