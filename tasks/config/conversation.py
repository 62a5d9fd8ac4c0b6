"""Conversations: users who wait for each answer, think, and ask again with the history so far."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from tasks.config.base import Frozen
from tasks.config.lengths import Length
from tasks.config.load import TAG_PREFIX
from tasks.config.refusal import refuse

DEFAULT_TURNS = 4
NUMBER, UNIFORM = f"{TAG_PREFIX}seconds", f"{TAG_PREFIX}uniform_seconds"
"""Tags of the forms of a think time."""

Seconds = Annotated[float, Field(ge=0, le=86_400)]


class UniformSeconds(Frozen):
    """`{uniform: [1, 5]}`: every time from the first to the second is equally likely."""

    uniform: tuple[Seconds, Seconds] = Field(description="shortest and longest time in seconds")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        low, high = self.uniform
        if low > high:
            raise refuse(f"{low:g} is above {high:g}", "give the shortest time first")
        return self


def _tag(value: Any) -> str:
    return UNIFORM if isinstance(value, dict | UniformSeconds) else NUMBER


ThinkTime = Annotated[
    Annotated[Seconds, Tag(NUMBER)] | Annotated[UniformSeconds, Tag(UNIFORM)], Discriminator(_tag)
]


class Conversation(Frozen):
    """Generated conversations, or those of a file. A turn is a request and its answer."""

    file: str | None = Field(
        None,
        description="a .jsonl file with a conversation in each line: `messages` as in OpenAI's API, or "
        "`conversations` as in ShareGPT; null generates random ones",
    )
    turns: Length = Field(
        DEFAULT_TURNS, description="turns of a generated conversation: a number or {uniform: [low, high]}"
    )
    think_time_s: ThinkTime = Field(
        0.0,
        description="seconds from the end of an answer to the next turn: a number or {uniform: [low, high]}",
    )
    tool_result_tokens: Length | None = Field(
        None,
        description="length of a tool's result; set, every turn after the first of a generated conversation "
        "is the result of a tool, as in an agent's work",
    )

    def think_s(self, share: float) -> float:
        """Return the think time in seconds for a random number from 0 to 1."""
        if isinstance(self.think_time_s, UniformSeconds):
            low, high = self.think_time_s.uniform
            return low + share * (high - low)
        return self.think_time_s

    @field_validator("file")
    @classmethod
    def _check_file(cls, file: str | None) -> str | None:
        if file is not None and not file.endswith(".jsonl"):
            raise refuse(f"{file!r} is not a file of conversations", "name a file that ends in .jsonl")
        return file

    @model_validator(mode="after")
    def _check_generated(self) -> Self:
        if self.file is not None and (self.turns != DEFAULT_TURNS or self.tool_result_tokens is not None):
            raise refuse(
                "a file has turns and tool results of its own", "remove `turns` and `tool_result_tokens`"
            )
        return self
