"""The row that records one answer to one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One answer to one question.

    Attributes:
        subset: the subset of the dataset that the question belongs to.
        question: the question's position in the set, from 0.
        repeat: how often the question was asked before.
        target: the right answer.
        answer: what EvalScope extracted from the response; None if it found no answer.
        correct: whether the answer is right; False if the request failed.
        response: the whole response text, reasoning included.
        finish_reason: the response's `finish_reason`, as in OpenAI's API.
        input_tokens: the prompt's length, as the server reports it.
        output_tokens: the response's length, as the server reports it.
        latency_s: seconds from the request to the end of the response.
        error: why the answer is missing or was not judged; None if it was judged.
    """

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
