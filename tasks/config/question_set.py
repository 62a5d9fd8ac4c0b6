"""What is measured for accuracy: a question set, how answers are generated, how often."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.config.base import Frozen


class Generation(Frozen):
    """How answers are sampled. Null leaves a value to the server, and has to be written to be had."""

    reasoning_effort: Literal["low", "medium", "high"] | None = None
    temperature: float | None = Field(1.0, ge=0)
    top_p: float | None = Field(1.0, gt=0, le=1)
    max_tokens: int | None = Field(32768, ge=1)


class QuestionSet(Frozen):
    """One question set, answered `repeats` times by the served model."""

    dataset: Literal["aime25"] = "aime25"
    path: str | None = Field(
        None, description="a folder with test.jsonl (problem, answer) instead of the hub"
    )
    generation: Generation = Generation()
    batch_size: int = Field(10, ge=1, description="questions asked at the same time")
    timeout_s: float = Field(60000, gt=0, description="limit of one answer")
    repeats: int = Field(1, ge=1, le=1000)
