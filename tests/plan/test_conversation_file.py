"""Recorded conversations, written by hand in both published forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.plan.conversation_file import RecordedTurn, read_conversations

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


def written(folder: Path, *records: Any) -> Path:
    """A new file with a line for each record; a text is a line as it is."""
    path = folder / "conversations.jsonl"
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def said(role: str, content: Any, **fields: Any) -> dict[str, Any]:
    """A message in OpenAI's form."""
    return {"role": role, "content": content, **fields}


def test_openai_messages_are_turns_without_the_recorded_answers(tmp_path: Path) -> None:
    messages = [
        said("system", "s"),
        said("user", "one"),
        said("assistant", None, tool_calls=[CALL]),
        said("tool", "rain", tool_call_id="c1"),
        said("assistant", "It rains."),
        said("user", "two"),
    ]
    (turns,) = read_conversations(written(tmp_path, {"messages": messages}))
    assert turns == (
        RecordedTurn((messages[0], messages[1])),
        RecordedTurn((messages[3],), (CALL,)),
        RecordedTurn((messages[5],)),
    )


def test_sharegpt_names_its_roles_otherwise_and_may_begin_with_an_answer(tmp_path: Path) -> None:
    entries = [
        {"from": "gpt", "value": "Hello"},
        {"from": "human", "value": "one"},
        {"from": "gpt", "value": "1"},
        {"from": "human", "value": "two"},
        {"from": "gpt", "value": "2"},
    ]
    (turns,) = read_conversations(written(tmp_path, {"id": "x", "conversations": entries}))
    assert turns == (
        RecordedTurn((said("assistant", "Hello"), said("user", "one"))),
        RecordedTurn((said("user", "two"),)),
    )


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ("{", "line 2 is no JSON"),
        ([1], "line 2 has no list of messages"),
        ({"messages": ["hi"]}, "line 2 has no list of messages"),
        ({"messages": []}, "line 2 has no list of messages"),
        ({"messages": [said("robot", "hi")]}, "line 2 has a message of the role 'robot'"),
        ({"messages": [said("user", None)]}, "line 2 has a message of the user without text"),
        ({"messages": [said("assistant", "hi")]}, "line 2 has no message of a user"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, record: Any, what: str) -> None:
    path = written(tmp_path, {"messages": [said("user", "hi")]}, record)
    with pytest.raises(InputError) as caught:
        read_conversations(path)
    assert what in caught.value.what


def test_an_empty_or_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no conversation"):
        read_conversations(written(tmp_path, ""))
    with pytest.raises(InputError, match="No such file"):
        read_conversations(tmp_path / "none.jsonl")
