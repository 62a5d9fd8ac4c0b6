"""One answer to one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One answer to one question. `answer` is what was extracted, `response` the whole text."""

    subset: str
    question: int
    repeat: int
    target: str
    answer: str | None
    correct: bool
    response: str
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    latency_s: float | None
    error: str | None
