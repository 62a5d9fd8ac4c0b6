"""Reads the token counts that a server reports as `usage`, in all its forms; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.measure.speed.malformed import MalformedError, object_or_none, wrong_type

LARGEST_COUNT = 2**31
"""No answer has so many tokens; a larger number is an error of the server."""
INPUT_NAMES = ("prompt_tokens", "input_tokens")
OUTPUT_NAMES = ("completion_tokens", "output_tokens")
"""OpenAI's names for completions and chat, and those of its newer APIs, which some gateways pass on."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One `usage` of a response. A field is None where the server does not report it.

    `claimed_output_tokens`: `completion_tokens` as reported.
    """

    input_tokens: int | None = None
    claimed_output_tokens: int | None = None
    total_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None

    @property
    def output_tokens(self) -> int | None:
        """The output tokens: those claimed, or what the total leaves for them.

        The total counts where it explains the claim: none is claimed, or the claim leaves out the reasoning.
        """
        claimed = self.claimed_output_tokens
        if not self.input_tokens or self.total_tokens is None:
            return claimed
        left = self.total_tokens - self.input_tokens
        explained = not claimed or left == claimed + (self.reasoning_tokens or 0)
        return left if explained and left > (claimed or 0) else claimed

    @property
    def consistent(self) -> bool:
        """Whether the total, where there is one, is the sum of the other two."""
        if self.total_tokens is None:
            return True
        return self.total_tokens == (self.input_tokens or 0) + (self.claimed_output_tokens or 0)


def read_usage(value: object) -> Usage | None:
    """Read one `usage`; None where it is null or empty.

    Raises:
        MalformedError: it is no object, or one of its counts is no count.
    """
    fields = object_or_none("usage", value)
    if not fields:
        return None
    input_details = _details(fields, "prompt_tokens_details", "input_tokens_details")
    output_details = _details(fields, "completion_tokens_details", "output_tokens_details")
    cached = _count(input_details, ("cached_tokens",))
    return Usage(
        input_tokens=_count(fields, INPUT_NAMES),
        claimed_output_tokens=_count(fields, OUTPUT_NAMES),
        total_tokens=_count(fields, ("total_tokens",)),
        reasoning_tokens=_count({**fields, **output_details}, ("reasoning_tokens",)),
        cached_tokens=cached if cached is not None else _count(fields, ("prompt_cache_hit_tokens",)),
    )


def best_usage(usages: Sequence[Usage]) -> Usage:
    """The usage of a whole response among all that it carried: the largest, consistent and last one.

    A server may report one with every chunk, growing or not, or a last one that is empty. Where the best one
    lacks the prompt, that of another is filled in.
    """
    if not usages:
        return Usage()
    best = usages[0]
    for usage in usages:
        if _rank(usage) >= _rank(best):
            best = usage
    if not best.input_tokens:
        known = max(usage.input_tokens or 0 for usage in usages)
        if known:
            best = replace(best, input_tokens=known, total_tokens=None)
    return best


def _rank(usage: Usage) -> tuple[int, bool]:
    return usage.output_tokens or 0, usage.consistent


def _details(fields: Mapping[str, object], *names: str) -> Mapping[str, object]:
    for name in names:
        details = object_or_none(f"usage.{name}", fields.get(name))
        if details:
            return details
    return {}


def _count(fields: Mapping[str, object], names: tuple[str, ...]) -> int | None:
    """The first field that is reported; a number without decimals, as some JSON libraries write 16.0."""
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(f"usage.{name}", value, "a number")
        if not 0 <= value < LARGEST_COUNT or value != int(value):
            raise MalformedError(
                f"the answer is malformed: usage.{name} is {str(value)[:20]}, which is no count"
            )
        return int(value)
    return None
