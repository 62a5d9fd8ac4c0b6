"""Conversations: users who wait for each answer, think, and ask again with the history so far."""

from __future__ import annotations

from statistics import fmean
from typing import Self

from pydantic import Field, field_validator, model_validator

from tasks.config.base import Frozen
from tasks.config.lengths import Length, length_at
from tasks.config.refusal import refuse
from tasks.config.think_time import DrawnSeconds, ThinkTime

DEFAULT_TURNS = 4
DRAWS = 1000
"""Turns drawn at even distances, for their mean."""


class Conversation(Frozen):
    """Generated conversations, or those of a file. A turn is a request and its answer."""

    file: str | None = Field(
        None,
        description="a .jsonl file with a conversation in each line: `messages` as in OpenAI's API, or "
        "`conversations` as in ShareGPT; null generates random ones",
    )
    turns: Length = Field(
        DEFAULT_TURNS, description="turns of a generated conversation, in the forms of a length"
    )
    think_time_s: ThinkTime = Field(
        0.0,
        description="seconds from the end of an answer to the next turn: a number, {uniform: [low, high]} or "
        "{lognormal: {mean, sd, max}}",
    )
    tool_result_tokens: Length | None = Field(
        None,
        description="length of a tool's result; set, every turn after the first of a generated conversation "
        "is the result of a tool, as in an agent's work",
    )

    @property
    def mean_turns(self) -> float | None:
        """The mean number of turns; None if a file gives them."""
        shares = ((number + 0.5) / DRAWS for number in range(DRAWS))
        return None if self.file else fmean(length_at(self.turns, share) for share in shares)

    def think_s(self, share: float) -> float:
        """Return the think time in seconds for a random number from 0 to 1."""
        think_time = self.think_time_s
        return think_time.at(share) if isinstance(think_time, DrawnSeconds) else think_time

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
