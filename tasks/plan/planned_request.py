"""One planned request of a point: its lengths, and the blocks of tokens that its prompt shares; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

BlockName = int | str
"""Names a sequence of tokens that prompts share. Its text differs between points, attempts and runs."""
Shared = tuple[tuple[BlockName, int], ...]
"""The blocks that a prompt begins with, each with the number of its tokens that the prompt takes."""


class PlannedTurn(NamedTuple):
    """A request's place in its conversation.

    `conversation`: the number of the conversation among those of the point. `turn`: from 1 on. `think_s`:
    seconds from the end of the answer before; 0 for the first turn. `script`: the position of the
    conversation in its file; None for a generated one. `tool_result`: it is a tool's result, not a user's
    message.
    """

    conversation: int
    turn: int
    think_s: float = 0.0
    script: int | None = None
    tool_result: bool = False


class PlannedRequest(NamedTuple):
    """One request of a point, before it is sent.

    `number`: its place among all requests of the point; the warm-up comes first. `input_tokens`: the length
    asked for, with everything that prompts share; None for questions. `output_tokens`: the exact length asked
    for; None if the model decides it. `seen_tokens`: how many tokens at the beginning of the prompt earlier
    requests of the point have too; None for questions. `due_s`: when a trace sends it, in seconds from the
    start. `abandon_after_s`: seconds from sending after which its connection is closed. `turn`: its place in
    a conversation; `input_tokens` is then the length of what the turn adds to the history. `part`: the sweep
    of a mix that it belongs to; None without a mix.
    """

    number: int
    warmup: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    shared: Shared = ()
    seen_tokens: int | None = None
    due_s: float | None = None
    abandon_after_s: float | None = None
    turn: PlannedTurn | None = None
    part: str | None = None


def block_of_part(part: str | None, block: BlockName) -> BlockName:
    """Return the name of a block of a mix: the parts share none. Without a mix it stays."""
    return f"{part}: {block}" if part else block


def with_seen_tokens(planned: Iterable[PlannedRequest]) -> Iterator[PlannedRequest]:
    """Yield the requests with the number of tokens that a prefix cache without limit has seen before.

    What questions have in common is unknown.
    """
    seen: dict[BlockName, int] = {}
    for request in planned:
        known = request.input_tokens is not None
        yield request._replace(seen_tokens=_seen_tokens(request.shared, seen)) if known else request
        for name, size in request.shared:
            seen[name] = max(size, seen.get(name, 0))


def _seen_tokens(shared: Shared, seen: Mapping[BlockName, int]) -> int:
    total = 0
    for name, size in shared:
        known = min(size, seen.get(name, 0))
        total += known
        if known < size:
            break
    return total


def longest_blocks(planned: Iterable[PlannedRequest]) -> dict[BlockName, int]:
    """Return the blocks of all requests, each with the largest number of tokens that one of them takes."""
    longest: dict[BlockName, int] = {}
    for request in planned:
        for name, size in request.shared:
            longest[name] = max(size, longest.get(name, 0))
    return longest
