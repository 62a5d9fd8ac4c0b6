"""Prompts that no prefix cache has seen: random seeds, unique openings and files of questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from tasks.config.home import checkout
from tasks.plan.conversation_file import Message

OPENQA = "deployments/questions/openqa-sample.jsonl"


def prompt_seed(seed: int, name: int | str) -> int:
    """Return a 32-bit number for a prompt of the point with `seed`, or for a block that prompts share."""
    return int.from_bytes(blake2b(f"{seed}:{name}".encode(), digest_size=4).digest(), "big")


def unique_opening(seed: int, index: int) -> str:
    """Return the first words of a question, about six tokens, unique to every prompt, point and attempt.

    Two prompts share only the chat template before these words. A question that is sent again (by a second
    point, a retry, or a load larger than the file) therefore misses the prefix cache.
    """
    return f"Question {prompt_seed(seed, index)}: "


def after_opening(opening: str, messages: Sequence[Message]) -> list[Message]:
    """Return messages whose first one with a text begins with `opening`."""
    opened, rest = list[Message](), list(messages)
    while opening and rest:
        message = rest.pop(0)
        if isinstance(message.get("content"), str):
            message, opening = message | {"content": opening + message["content"]}, ""
        opened.append(message)
    return opened + rest


def questions_path(dataset: str) -> Path:
    """Return the JSONL file of a sweep's dataset of questions."""
    return checkout() / OPENQA if dataset == "openqa" else Path(dataset)


def read_questions(path: Path) -> tuple[str, ...]:
    """Return all questions of a checked file, in order."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")  # as the check does: U+2028 ends no line of JSON
    return tuple(json.loads(line)["question"].strip() for line in lines if line.strip())
