"""Reads the token counts that a server reports as `usage`, in any known form; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.measure.speed.response.malformed import MalformedError, object_or_none, wrong_type

LARGEST_COUNT = 2**31
"""No answer has this many tokens: such a count is an error of the server."""
INPUT_NAMES = ("prompt_tokens", "input_tokens")
OUTPUT_NAMES = ("completion_tokens", "output_tokens")
"""The names in OpenAI's completions and chat APIs, then those in its newer APIs, which some gateways use."""


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
        """The output tokens: `claimed_output_tokens`, or `total_tokens` minus `input_tokens`.

        The difference counts only if it is larger, and if the claim is missing, is 0, or is smaller by
        exactly the reasoning tokens.
        """
        claimed = self.claimed_output_tokens
        if not self.input_tokens or self.total_tokens is None:
            return claimed
        left = self.total_tokens - self.input_tokens
        explained = not claimed or left == claimed + (self.reasoning_tokens or 0)
        return left if explained and left > (claimed or 0) else claimed

    @property
    def consistent(self) -> bool:
        """Whether `total_tokens`, if reported, is the sum of input and claimed output tokens."""
        if self.total_tokens is None:
            return True
        return self.total_tokens == (self.input_tokens or 0) + (self.claimed_output_tokens or 0)


def read_usage(value: object) -> Usage | None:
    """Return one `usage`; None if it is null or empty.

    Raises:
        MalformedError: `value` is not an object, or a count is not a whole number in the allowed range.
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
    """Return the usage of a whole response, from all usages that the response contained.

    Choose the one with the most output tokens; among equals, a consistent one, then the last one. A server
    may report a usage with every chunk, growing or constant, or an empty one at the end. If the chosen usage
    lacks the input tokens, take them from another one.
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
    """Return the first count that is reported; accept 16.0 as 16, because some JSON libraries write it so."""
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
