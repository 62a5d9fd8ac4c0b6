"""Plans the turns of conversations: how many there are, when they come, and their lengths."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from tasks.config.conversation import Conversation
from tasks.config.lengths import length_at
from tasks.plan.conversation_file import read_conversations
from tasks.plan.planned_request import PlannedRequest, PlannedTurn


def in_conversations(
    requests: Iterator[PlannedRequest], conversation: Conversation, seed: int, stream: str
) -> Iterator[PlannedRequest]:
    """Yield requests as the turns of one conversation after another. Only a first turn keeps its prefix.

    Args:
        requests: requests without end, with their lengths.
        conversation: the sweep's conversations.
        seed: the sweep's seed.
        stream: names the random numbers, which do not depend on those of other streams.

    Raises:
        InputError: the file of conversations cannot be read.
    """
    results = random.Random(f"{seed}:tool-results:{stream}")
    turns = _turns(conversation, random.Random(f"{seed}:conversations:{stream}"))
    for request, turn in zip(requests, turns, strict=False):
        if turn.turn == 1:
            yield request._replace(turn=turn)
            continue
        tokens = request.input_tokens
        if turn.tool_result and conversation.tool_result_tokens is not None:
            tokens = length_at(conversation.tool_result_tokens, results.random())
        elif tokens is not None:
            tokens -= sum(size for _, size in request.shared)
        yield request._replace(input_tokens=tokens, shared=(), turn=turn)


def by_conversation(planned: Sequence[PlannedRequest]) -> list[list[int]]:
    """Return the indexes of each conversation's requests, in the order of the conversations."""
    groups: dict[tuple[bool, int], list[int]] = {}
    for index, request in enumerate(planned):
        if request.turn is not None:
            groups.setdefault((request.warmup, request.turn.conversation), []).append(index)
    return list(groups.values())


def _turns(conversation: Conversation, generator: random.Random) -> Iterator[PlannedTurn]:
    file_turns = _file_turns(conversation)
    scripts = _shuffled(len(file_turns), generator)
    for number in count():
        script = next(scripts) if file_turns else None
        turns = length_at(conversation.turns, generator.random()) if script is None else file_turns[script]
        for turn in range(1, turns + 1):
            think_s = conversation.think_s(generator.random()) if turn > 1 else 0.0
            is_result = conversation.tool_result_tokens is not None and turn > 1
            yield PlannedTurn(number, turn, think_s, script, is_result)


def _file_turns(conversation: Conversation) -> list[int]:
    """Return the number of turns of each conversation of the file; none without a file."""
    if conversation.file is None:
        return []
    return [len(turns) for turns in read_conversations(Path(conversation.file))]


def _shuffled(size: int, generator: random.Random) -> Iterator[int]:
    """Yield all positions of a file in random order, then again in another one, without end."""
    while True:
        yield from generator.sample(range(size), size)
