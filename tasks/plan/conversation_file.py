"""Reads recorded conversations, in the form of OpenAI's `messages` or of ShareGPT's `conversations`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tasks.errors import InputError

Message = dict[str, Any]
FORMS = (
    '{"messages": [{"role": "user", "content": "…"}, …]} or '
    '{"conversations": [{"from": "human", "value": "…"}, …]}'
)
"""What a line of the file looks like, for messages."""
ROLES = {
    "human": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
}
"""ShareGPT's names of roles. Others are OpenAI's."""
KNOWN_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


class RecordedTurn(NamedTuple):
    """What is added to the history before a request.

    `messages`: of the user, the system or tools. `tool_calls`: those of the recorded answer before, which
    the tool messages refer to; they are added to the server's own answer.
    """

    messages: tuple[Message, ...]
    tool_calls: tuple[Message, ...] = ()


@cache
def read_conversations(path: Path) -> tuple[tuple[RecordedTurn, ...], ...]:
    """Return the turns of each conversation. Recorded answers are left out: the server gives its own.

    Raises:
        InputError: the file cannot be read, or a line is no conversation; names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InputError(f"cannot read the conversations in {path}: {reason}", "name a JSONL file") from None
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(tuple(_turns(_messages(line))))
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}, line {number} {error}", f"each line is {FORMS}") from None
    if not found:
        raise InputError(f"{path} holds no conversation", f"each line is {FORMS}")
    return tuple(found)


def _messages(line: str) -> list[Message]:
    """Return the messages of a line in OpenAI's form. Raises ValueError with what is wrong."""
    try:
        record = json.loads(line)
    except ValueError:
        raise ValueError("is no JSON") from None
    entries = (record.get("messages") or record.get("conversations")) if isinstance(record, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("has no list of messages")
    return [_message(entry) for entry in entries]


def _message(entry: Message) -> Message:
    if "from" in entry:
        speaker = str(entry["from"])
        entry = {"role": ROLES.get(speaker, speaker), "content": entry.get("value")}
    role, content = entry.get("role"), entry.get("content")
    if role not in KNOWN_ROLES:
        raise ValueError(f"has a message of the role {role!r}")
    if not isinstance(content, str | list) and not (role == "assistant" and content is None):
        raise ValueError(f"has a message of the {role} without text")
    return entry


def _turns(messages: list[Message]) -> Iterator[RecordedTurn]:
    """Yield the turns: each ends where an answer follows, or at the end."""
    waiting, calls = list[Message](), tuple[Message, ...]()
    asked = False
    for message in messages:
        if message["role"] != "assistant":
            waiting.append(message)
        elif asked or any(entry["role"] == "user" for entry in waiting):
            if waiting:
                yield RecordedTurn(tuple(waiting), calls)
                waiting, asked = [], True
            calls = tuple(message.get("tool_calls") or ())
        else:
            waiting.append(message)  # an answer before the first question stays as it is
    if waiting:
        asked = asked or any(entry["role"] == "user" for entry in waiting)
        yield RecordedTurn(tuple(waiting), calls)
    if not asked:
        raise ValueError("has no message of a user")
