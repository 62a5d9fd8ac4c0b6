"""A prefix cache without limit: how many tokens at the beginning of a prompt earlier prompts have too."""

from __future__ import annotations

from collections.abc import Sequence

Node = dict[int | str, "Node"]


class PrefixCache:
    """Remembers every prompt, token by token."""

    def __init__(self) -> None:
        self._root: Node = {}

    def hit(self, tokens: Sequence[int | str]) -> int:
        """Return how many leading tokens an earlier prompt has, and remember the prompt."""
        node, hits = self._root, 0
        for token in tokens:
            hits += token in node
            node = node.setdefault(token, {})
        return hits
