"""The bodies of turns: every message once, in order, with the calls that results refer to."""

from __future__ import annotations

import json
from typing import Any

from tasks.measure.speed.conversation import History
from tasks.plan.planned_request import PlannedTurn

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


def asked(text: str) -> list[dict[str, Any]]:
    """What a user says."""
    return [{"role": "user", "content": text}]


def answered(text: str, **fields: Any) -> dict[str, Any]:
    """What the server says."""
    return {"role": "assistant", "content": text, **fields}


def messages(body: bytes) -> list[dict[str, Any]]:
    """The messages of a body, whose other field is there too."""
    request = json.loads(body)
    assert request.pop("model") == "m"
    assert list(request) == ["messages"]
    found: list[dict[str, Any]] = request["messages"]
    return found


def test_each_turn_repeats_the_history_once() -> None:
    history = History()
    assert messages(history.body({"model": "m"}, PlannedTurn(0, 1), asked("één"))) == asked("één")
    history.add_answer(answered("1"))
    second = [*asked("één"), answered("1"), *asked("two")]
    assert messages(history.body({"model": "m"}, PlannedTurn(0, 2), asked("two"))) == second
    history.add_answer(answered("2"))
    third = [*second, answered("2"), *asked("three")]
    assert messages(history.body({"model": "m"}, PlannedTurn(0, 3), asked("three"))) == third


def test_a_tools_result_answers_the_servers_call_or_a_made_up_one() -> None:
    for answer, call in ((answered("", tool_calls=[CALL, CALL]), CALL), (answered("text"), None)):
        history = History()
        history.body({"model": "m"}, PlannedTurn(0, 1), asked("one"))
        history.add_answer(answer)
        turn = PlannedTurn(0, 2, tool_result=True)
        _, said, result = messages(history.body({"model": "m"}, turn, asked("rain")))
        assert said["content"] == answer["content"]
        made_up = {"id": "call-1", "type": "function", "function": {"name": "tool", "arguments": "{}"}}
        assert said["tool_calls"] == [call or made_up]
        assert result == {"role": "tool", "tool_call_id": said["tool_calls"][0]["id"], "content": "rain"}


def test_recorded_calls_are_kept_and_a_call_without_result_is_not() -> None:
    history = History()
    history.body({"model": "m"}, PlannedTurn(0, 1, script=0), asked("one"))
    history.add_answer(answered("mine", tool_calls=[CALL]))
    result = [{"role": "tool", "tool_call_id": "c1", "content": "rain"}]
    found = messages(history.body({"model": "m"}, PlannedTurn(0, 2, script=0), result, [CALL]))
    assert found[1:] == [answered("mine", tool_calls=[CALL]), *result]
    history.add_answer(answered("mine", tool_calls=[CALL]))
    found = messages(history.body({"model": "m"}, PlannedTurn(0, 3, script=0), asked("two")))
    assert found[3] == answered("mine")
