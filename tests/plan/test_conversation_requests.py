"""Planned turns: their number, their think times and their lengths follow from the spec and its seed."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from tasks.config.sweep import Sweep
from tasks.plan.conversation_requests import by_conversation
from tasks.plan.planned_request import PlannedRequest, PlannedTurn
from tasks.plan.point_requests import planned_requests


def planned(requests: int, warmup: int = 0, seed: int = 0, **conversation: Any) -> list[PlannedRequest]:
    """The requests of a sweep of conversations with 10 tokens a message and 5 a shared prefix."""
    fields = {"name": "s", "dataset": "conversations", "conversation": conversation, "traffic_seed": seed}
    lengths = {"input_tokens": 10, "output_tokens": 3, "prefix_tokens": 0 if "file" in conversation else 5}
    load = [{"concurrency": 1, "requests": requests}]
    sweep = Sweep.model_validate({**fields, **lengths, "load": load})
    return planned_requests(sweep, sweep.loads[0], requests, warmup)


def turns(requests: list[PlannedRequest]) -> list[PlannedTurn]:
    """The turn of each request."""
    return [request.turn for request in requests if request.turn]


def test_turns_follow_one_another_and_only_the_first_has_the_prefix() -> None:
    found = planned(5, turns=2, think_time_s=1.5)
    assert turns(found) == [
        PlannedTurn(0, 1),
        PlannedTurn(0, 2, 1.5),
        PlannedTurn(1, 1),
        PlannedTurn(1, 2, 1.5),
        PlannedTurn(2, 1),
    ]
    assert [request.input_tokens for request in found] == [15, 10, 15, 10, 15]
    assert [request.seen_tokens for request in found] == [0, 0, 5, 0, 5]
    assert by_conversation(found) == [[0, 1], [2, 3], [4]]


def test_a_tools_result_has_a_length_of_its_own() -> None:
    found = planned(4, turns=3, tool_result_tokens=40)
    assert [(request.input_tokens, request.output_tokens) for request in found] == [
        (15, 3),
        (40, 3),
        (40, 3),
        (15, 3),
    ]
    assert [turn.tool_result for turn in turns(found)] == [False, True, True, False]


def test_drawn_turns_and_think_times_depend_on_the_seed_alone() -> None:
    drawn: dict[str, Any] = {"turns": {"uniform": [1, 6]}, "think_time_s": {"uniform": [0.5, 2.5]}}
    first = planned(60, **drawn)
    assert turns(planned(90, **drawn))[:60] == turns(first)
    assert turns(planned(60, seed=1, **drawn)) != turns(first)
    counts = [len(list(group)) for _, group in groupby(turns(first), key=lambda turn: turn.conversation)]
    assert set(counts[:-1]) == {1, 2, 3, 4, 5, 6}
    thought = [turn.think_s for turn in turns(first) if turn.turn > 1]
    assert all(0.5 <= seconds <= 2.5 for seconds in thought)
    assert len(set(thought)) == len(thought)


def test_warm_up_has_conversations_of_its_own() -> None:
    found = planned(3, warmup=3, turns=2)
    assert [
        (request.warmup, turn.conversation) for request, turn in zip(found, turns(found), strict=True)
    ] == [
        (True, 0),
        (True, 0),
        (True, 1),
        (False, 0),
        (False, 0),
        (False, 1),
    ]
    assert by_conversation(found) == [[0, 1], [2], [3, 4], [5]]


def test_a_file_is_told_whole_before_a_conversation_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    user, answer = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
    path.write_text("\n".join(json.dumps({"messages": [user, answer] * count}) for count in (1, 2, 3)))
    found = turns(planned(12, file=str(path)))
    assert sorted({(turn.script, turn.conversation) for turn in found[:6]})[0][0] == 0
    assert sorted(turn.script for turn in found[:6] if turn.script is not None) == [0, 1, 1, 2, 2, 2]
    assert sorted(turn.script for turn in found[6:] if turn.script is not None) == [0, 1, 1, 2, 2, 2]
