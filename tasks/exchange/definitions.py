"""What follows from the definitions of two tools when their figures are compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tasks.exchange.tools import OWN, TOOLS, Definition, Tool


class Difference(NamedTuple):
    """A figure that two tools define differently; `pushes` says which of them is higher for that reason."""

    figure: str
    first: str
    second: str
    pushes: str


def tool_key(source: str | None) -> str:
    """Return the key of a tool from a recorded `source`, such as `vllm 0.32.0`; no source means ours."""
    return source.partition(" ")[0] if source else OWN


def tool_name(source: str | None) -> str:
    """Return the name of the tool of a recorded `source`; of a tool that is not known, its key."""
    key = tool_key(source)
    return TOOLS[key].name if key in TOOLS else key


def differences(first: str, second: str) -> Iterator[Difference]:
    """Yield the figures that two tools both have and define differently; none for a tool that is not known.

    Args:
        first: the key of a tool in TOOLS.
        second: as `first`.
    """
    if not {first, second} <= TOOLS.keys():
        return
    one, other = TOOLS[first], TOOLS[second]
    for figure, definition in one.definitions.items():
        against = other.definitions.get(figure, definition)
        if definition != against:
            yield Difference(figure, definition.text, against.text, _pushes(one, definition, other, against))


def _pushes(one: Tool, definition: Definition, other: Tool, against: Definition) -> str:
    if definition.excess == against.excess:
        return "which of them is higher depends on the load"
    higher = one if definition.excess > against.excess else other
    return f"{higher.name} is higher for that reason alone"
