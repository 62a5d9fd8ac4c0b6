"""Turns EvalScope's prediction and review files into one row for each question and repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.config.datasets import Dataset
from tasks.measure.accuracy.sample_row import SampleRow

Record = dict[str, Any]
FINISH_REASONS = {"max_tokens": "length"}
"""EvalScope's finish reasons that have another name in OpenAI's API."""
NO_ANSWER = "no answer was recorded"
NOT_JUDGED = "the answer could not be judged"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as EvalScope asks it: position in the set, prompt text and right answer."""

    number: int
    prompt: str
    target: str


@dataclass(frozen=True, slots=True)
class EvalScopeOutput:
    """EvalScope's records of an evaluation.

    Attributes:
        predictions: the records of `predictions/`, one for each response.
        reviews: the records of `reviews/`, one for each response that EvalScope scored.
        errors: the errors of failed requests, by prompt, in order of time.
    """

    predictions: Sequence[Record]
    reviews: Sequence[Record]
    errors: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Sample:
    """One question at one repeat."""

    subset: str
    question: Question
    repeat: int


def read_jsonl(folder: Path) -> list[Record]:
    """Return all records of all JSONL files below a folder."""
    records = []
    for file in sorted(folder.rglob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").split("\n")
        records += [json.loads(line) for line in lines if line]
    return records


def sample_rows(
    dataset: Dataset, questions: Mapping[int, Question], repeats: int, output: EvalScopeOutput
) -> tuple[SampleRow, ...]:
    """Return exactly one row for each question and repeat; an answer without a score counts as wrong.

    Args:
        dataset: divides the questions into subsets and names EvalScope's judgement.
        questions: the questions by EvalScope's `group_id`, which all repeats of a question share.
        repeats: how often each question was asked.
        output: EvalScope's records.
    """
    responses = {record["index"]: record["model_output"] for record in output.predictions}
    reviews = {_sample_key(review): review for review in output.reviews}
    errors_left = {prompt: list(errors) for prompt, errors in output.errors.items()}
    rows = []
    for group, question in sorted(questions.items(), key=lambda item: item[1].number):
        subset = dataset.subset_of(question.number, len(questions))
        for repeat in range(repeats):
            sample = _Sample(subset, question, repeat)
            review = reviews.get((group, repeat))
            if review is not None:
                response = responses.get(review["index"]) or {}
                score = review["sample_score"]["score"]
                rows.append(_judged_row(sample, response, score, dataset.judgement))
            else:
                errors = errors_left.get(question.prompt)
                rows.append(_failed_row(sample, errors.pop(0) if errors else NO_ANSWER))
    return tuple(rows)


def _sample_key(review: Record) -> tuple[int, int]:
    """Return the group of a review's question, and the repeat."""
    score = review["sample_score"]
    return score["group_id"], score.get("generation_index") or 0


def _judged_row(sample: _Sample, response: Record, score: Record, judgement: str) -> SampleRow:
    choice = (response.get("choices") or [{}])[0]
    finish_reason = choice.get("stop_reason")
    usage = response.get("usage") or {}
    return SampleRow(
        subset=sample.subset,
        question=sample.question.number,
        repeat=sample.repeat,
        target=sample.question.target,
        answer=score.get("extracted_prediction") or None,
        correct=(score.get("value") or {}).get(judgement) == 1,
        response=_text((choice.get("message") or {}).get("content")),
        finish_reason=FINISH_REASONS.get(finish_reason, finish_reason),
        input_tokens=usage.get("input_tokens"),
        output_tokens=usage.get("output_tokens"),
        latency_s=response.get("time"),
        error=None if score.get("status") == "success" else NOT_JUDGED,
    )


def _failed_row(sample: _Sample, error: str) -> SampleRow:
    return SampleRow(
        subset=sample.subset,
        question=sample.question.number,
        repeat=sample.repeat,
        target=sample.question.target,
        answer=None,
        correct=False,
        response="",
        finish_reason=None,
        input_tokens=None,
        output_tokens=None,
        latency_s=None,
        error=error,
    )


def _text(content: Any) -> str:
    """Return the text of a message, reasoning and answer in the order they came."""
    if isinstance(content, str):
        return content
    texts = []
    for part in content or ():
        text = (part.get("reasoning") or part.get("text")) if isinstance(part, dict) else None
        if text:
            texts.append(text)
    return "\n\n".join(texts)
