"""Scripted answers, and the others that many requests under way bring about."""

from __future__ import annotations

import pytest

from stub.answers import CannedAnswers

BUSY = {"contains": "[1]", "answer": "right", "busy_answer": "wrong", "busy_above": 20, "busy_every": 10}


def test_the_first_answer_that_fits_is_given() -> None:
    answers = CannedAnswers([{"contains": "[1]", "answer": "one"}, {"contains": "[", "answer": "other"}])
    texts = [answers.text_for(question, 1) for question in ("is it [1]?", "[2]", "3")]
    assert texts == ["one", "other", None]


def test_every_tenth_answer_is_another_where_many_requests_are_under_way() -> None:
    answers = CannedAnswers([BUSY])
    assert {answers.text_for("[1]", 20) for _ in range(30)} == {"right"}
    texts = [answers.text_for("[1]", 21) for _ in range(30)]
    assert [number for number, text in enumerate(texts, 1) if text == "wrong"] == [10, 20, 30]


def test_wrong_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CannedAnswers([BUSY | {"busy_every": 0}])
    with pytest.raises(TypeError):
        CannedAnswers([BUSY | {"busy": 3}])
