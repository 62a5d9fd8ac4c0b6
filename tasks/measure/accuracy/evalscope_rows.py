"""From EvalScope's prediction and review files to one row for each question and repeat; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.measure.results import SampleRow

AIME_SIZE = 30
AIME_SUBSETS = ("AIME2025-I", "AIME2025-II")
REASONS = {"max_tokens": "length"}
"""EvalScope's names for the reasons that OpenAI's API names otherwise."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as EvalScope asks it: its place, the text sent, the right answer."""

    number: int
    prompt: str
    target: str


def subset_of(dataset: str, number: int, questions: int) -> str:
    """The subset a question belongs to.

    A set given as `aime25` with exactly 30 questions is taken for the AIME 2025 in its usual order: 15 of
    AIME I, then 15 of AIME II. Every other set is one subset, `default`.
    """
    if dataset == "aime25" and questions == AIME_SIZE:
        return AIME_SUBSETS[number * 2 // AIME_SIZE]
    return "default"


def read_jsonl(folder: Path) -> list[dict[str, Any]]:
    """All records of all JSONL files under a folder."""
    files = sorted(folder.rglob("*.jsonl"))
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").split("\n") if line
    ]


def sample_rows(
    dataset: str,
    questions: Mapping[int, Question],
    repeats: int,
    predictions: Iterable[dict[str, Any]],
    reviews: Iterable[dict[str, Any]],
    errors: Mapping[str, list[str]],
) -> tuple[SampleRow, ...]:
    """Exactly one row for each question and repeat; EvalScope leaves failed ones out, here they are wrong.

    Args:
        dataset: the set's name.
        questions: by the number EvalScope groups repeats under.
        repeats: how often each was asked.
        predictions: records of `predictions/`.
        reviews: records of `reviews/`.
        errors: the errors that each prompt met, in order.
    """
    outputs = {record["index"]: record["model_output"] for record in predictions}
    scored = {}
    for review in reviews:
        score = review["sample_score"]
        scored[score["group_id"], score.get("generation_index") or 0] = (review["index"], score["score"])
    left = {prompt: list(texts) for prompt, texts in errors.items()}
    rows = []
    for group, question in sorted(questions.items(), key=lambda item: item[1].number):
        subset = subset_of(dataset, question.number, len(questions))
        for repeat in range(repeats):
            if found := scored.get((group, repeat)):
                rows.append(_answered(subset, question, repeat, outputs.get(found[0]) or {}, found[1]))
            else:
                texts = left.get(question.prompt)
                rows.append(
                    _failed(subset, question, repeat, texts.pop(0) if texts else "no answer was recorded")
                )
    return tuple(rows)


def _answered(
    subset: str, question: Question, repeat: int, output: dict[str, Any], score: dict[str, Any]
) -> SampleRow:
    choice = (output.get("choices") or [{}])[0]
    reason = choice.get("stop_reason")
    usage = output.get("usage") or {}
    return SampleRow(
        subset=subset,
        question=question.number,
        repeat=repeat,
        target=question.target,
        answer=score.get("extracted_prediction") or None,
        correct=(score.get("value") or {}).get("acc") == 1,
        response=_text((choice.get("message") or {}).get("content")),
        finish_reason=REASONS.get(reason, reason),
        input_tokens=usage.get("input_tokens"),
        output_tokens=usage.get("output_tokens"),
        latency_s=output.get("time"),
        error=None if score.get("status") == "success" else "the answer could not be judged",
    )


def _failed(subset: str, question: Question, repeat: int, error: str) -> SampleRow:
    return SampleRow(
        subset=subset,
        question=question.number,
        repeat=repeat,
        target=question.target,
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
    """Reasoning and answer in the order they came."""
    if isinstance(content, str):
        return content
    parts = [
        part.get("reasoning") or part.get("text") or "" for part in content or () if isinstance(part, dict)
    ]
    return "\n\n".join(part for part in parts if part)
