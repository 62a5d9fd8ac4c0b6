"""The other requests that are under way while a question set is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.lengths import DEFAULT_TOKENS, Length, Uniform
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep

SWEEP_NAME = "under-load"
"""The name of the sweep of these requests, in messages."""
LENGTHS_A_SLOT = 16
"""Lengths that are drawn for each slot. After the last ones the first follow, with other prompts."""


class UnderLoad(Frozen):
    """`{concurrency: 50}`: so many other requests, with random prompts, while the questions are asked."""

    concurrency: int = Field(ge=1, le=10_000, description="other requests under way at all times")
    endpoint: Literal["completions", "chat"] = Field(
        "chat", description="the API that they go to: /v1/completions or /v1/chat/completions"
    )
    input_tokens: Length = Field(
        DEFAULT_TOKENS, description="length of each random prompt, in the forms of a sweep's `input_tokens`"
    )
    output_tokens: Length = Field(
        Uniform(uniform=(DEFAULT_TOKENS // 2, DEFAULT_TOKENS * 3 // 2)),
        description="exact length of each of their answers, in the same forms; drawn lengths keep the "
        "requests from ending together",
    )
    timeout_s: float = Field(3600, gt=0, description="seconds after which one of these requests has failed")

    @property
    def load(self) -> ClosedLoop:
        """The closed loop that sends them. `requests`: the number of lengths that are drawn."""
        return ClosedLoop(concurrency=self.concurrency, requests=self.concurrency * LENGTHS_A_SLOT)

    @property
    def sweep(self) -> Sweep:
        """The requests as a sweep, which load processes read."""
        return Sweep(
            name=SWEEP_NAME,
            endpoint=self.endpoint,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            timeout_s=self.timeout_s,
            load=(self.load,),
        )

    @property
    def label(self) -> str:
        """What the name of a question set ends in."""
        return f"load{self.concurrency}"
