"""A conversation under way: its history as JSON, and the bodies of its turns; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.plan.conversation_file import Message
from tasks.plan.planned_request import PlannedTurn

MADE_UP_CALL = "call-{}"
"""The id of a tool call that is added to an answer without one, because a tool's result follows."""


class History:
    """The messages of one conversation so far. They are kept as JSON, because each turn sends all of them."""

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._answer: Message | None = None

    def add_answer(self, message: Message) -> None:
        """Add the server's answer. Its tool calls are added only where a tool's result follows."""
        self._answer = message

    def body(
        self,
        fields: Mapping[str, Any],
        turn: PlannedTurn,
        messages: Sequence[Message],
        calls: Sequence[Message] = (),
    ) -> bytes:
        """Add a turn's messages, and return the body of its request: its fields, then all messages.

        Args:
            fields: the body without messages.
            turn: its place in the conversation.
            messages: what the turn adds. A tool's result is given as a message of the user.
            calls: the recorded tool calls that these messages refer to.
        """
        if self._answer is not None:
            answer, messages = _fitting(self._answer, turn, messages, calls)
            self._messages.append(_json(answer))
            self._answer = None
        self._messages += [_json(message) for message in messages]
        return _json(fields)[:-1] + b', "messages": [' + b", ".join(self._messages) + b"]}"


def _fitting(
    answer: Message, turn: PlannedTurn, messages: Sequence[Message], calls: Sequence[Message]
) -> tuple[Message, list[Message]]:
    """Return the answer with the tool calls that the next messages need, and these messages."""
    plain = {"role": "assistant", "content": answer["content"]}
    if not turn.tool_result:
        return (plain | {"tool_calls": list(calls)} if calls else plain), list(messages)
    made_up = {
        "id": MADE_UP_CALL.format(turn.turn - 1),
        "type": "function",
        "function": {"name": "tool", "arguments": "{}"},
    }
    call = (answer.get("tool_calls") or [made_up])[0]
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": message["content"]} for message in messages
    ]
    return plain | {"tool_calls": [call]}, results


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
