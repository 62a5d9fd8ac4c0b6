"""Scripted answers: texts for certain questions, and other texts where many requests are under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """A text that answers every question with a certain text in it.

    Args:
        contains: part of the question.
        answer: the text.
        busy_answer: the text where more than `busy_above` requests are under way, this one included; of all
            such answers only every `busy_every`-th. None: there is none.
        busy_above: a number of requests.
        busy_every: a number of answers, counted over all questions.

    Raises:
        ValueError: `busy_every` is less than 1.
    """

    contains: str
    answer: str
    busy_answer: str | None = None
    busy_above: int = 0
    busy_every: int = 1

    def __post_init__(self) -> None:
        if self.busy_every < 1:
            raise ValueError(f"busy_every must be at least 1, not {self.busy_every}")


class CannedAnswers:
    """All scripted answers. It counts those that many requests under way may change."""

    def __init__(self, answers: Sequence[Mapping[str, Any]]) -> None:
        """Take the fields of each answer.

        Raises:
            TypeError: a field is unknown or missing.
            ValueError: a field has a wrong value.
        """
        self._answers = tuple(CannedAnswer(**answer) for answer in answers)
        self._busy = count(1)

    def text_for(self, question: str, under_way: int) -> str | None:
        """Return the text for a question; None if none is scripted.

        Args:
            question: the last message, or the prompt.
            under_way: the requests that are under way, this one included.
        """
        for canned in self._answers:
            if canned.contains in question:
                return self._text(canned, under_way)
        return None

    def _text(self, canned: CannedAnswer, under_way: int) -> str:
        if canned.busy_answer is None or under_way <= canned.busy_above:
            return canned.answer
        return canned.busy_answer if next(self._busy) % canned.busy_every == 0 else canned.answer
