"""The row that records one answer to one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
        response: the text of the response without its reasoning.
        finish_reason: the response's `finish_reason`, as in OpenAI's API.
        input_tokens: the prompt's length, as the server reports it.
        output_tokens: the response's length, as the server reports it, reasoning included.
        latency_s: seconds from the request to the end of the response.
        error: why the answer is missing or was not judged; None if it was judged.
        score: the benchmark's own score of the answer, 0 to 1; 1 and 0 where answers are right or wrong.
        second_answer: what the second grader extracted; None if it found nothing or does not apply.
        second_correct: whether the second grader calls the answer right; None if it does not apply.
        prompt: the text of the request's last message.
        reasoning: the reasoning before the answer, where the server tells the two apart.
        reasoning_tokens: the reasoning's length, as the server reports it.
        ttft_s: seconds from the request to the first token, of reasoning or answer.
        first_answer_s: seconds from the request to the first token of the answer.
        tries: how often the request was sent until it succeeded or was given up.
        asked_by: the run that asked, which may be an earlier one.
        others_mean: requests of a load that were under way meanwhile, on average; None without load.
        others_min: the fewest of them.
        sent_at: when the request was sent that got the answer, in UTC.
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
    score: float | None = None
    second_answer: str | None = None
    second_correct: bool | None = None
    prompt: str | None = None
    reasoning: str | None = None
    reasoning_tokens: int | None = None
    ttft_s: float | None = None
    first_answer_s: float | None = None
    tries: int | None = None
    asked_by: str | None = None
    others_mean: float | None = None
    others_min: int | None = None
    sent_at: datetime | None = None

    @property
    def truncated(self) -> bool:
        """Whether the response ended at the limit of its length."""
        return self.finish_reason == "length"

    @property
    def empty(self) -> bool:
        """Whether the request succeeded, and the response has no text besides its reasoning."""
        return self.error is None and not self.response.strip()

    @property
    def unparsable(self) -> bool:
        """Whether the response has text in which EvalScope found no answer."""
        return self.error is None and not self.empty and not self.answer

    @property
    def value(self) -> float:
        """The score of the answer; earlier versions recorded only whether it is right."""
        return float(self.correct) if self.score is None else self.score

    @property
    def disputed(self) -> bool:
        """Whether the two graders differ."""
        return self.second_correct is not None and self.second_correct != self.correct
