"""Reads the answers behind a report of `evalscope eval`: its folders `predictions` and `reviews`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.exchange.foreign_file import Fields, number, object_in, objects_in, read_json
from tasks.measure.accuracy.sample_row import SampleRow

REPORTS, REVIEWS, PREDICTIONS = "reports", "reviews", "predictions"
FINISH_REASONS = {"max_tokens": "length"}
"""EvalScope's finish reasons that have another name in OpenAI's API."""


def answers(report: Path, subset: str, metric: str) -> list[SampleRow]:
    """Return a row for each judged answer of a subset, by question and repeat; none if the files are missing.

    A question's number is its position in the subset.

    Args:
        report: the report, as `…/reports/MODEL/BENCHMARK.json`.
        subset: the subset as the report names it.
        metric: the name of the score in a review.

    Raises:
        InputError: a file is larger than a file may be, or holds no JSON.
    """
    reviews, predictions = _lines(report, REVIEWS, subset), _lines(report, PREDICTIONS, subset)
    rows = []
    for index, review in reviews.items():
        row = _row(review, predictions.get(index, {}), subset, metric)
        if row is not None:
            rows.append(row)
    return sorted(rows, key=lambda row: (row.question, row.repeat))


def _lines(report: Path, folder: str, subset: str) -> dict[float, Fields]:
    """Return the lines of a subset's file by the sample's number. The last one counts, as in EvalScope."""
    places = [place for place in report.parents if place.name == REPORTS]
    if not places:
        return {}
    model = report.parent.relative_to(places[0])
    file = places[0].parent / folder / model / f"{report.stem}_{subset}.jsonl"
    lines = read_json(file) if file.is_file() else []
    numbered = [(number(line, "index"), line) for line in lines if isinstance(line, dict)]
    return {index: line for index, line in numbered if index is not None}


def _row(review: Fields, prediction: Fields, subset: str, metric: str) -> SampleRow | None:
    """Return the row of a judged answer; None if it has no score, so that EvalScope does not count it."""
    sample = object_in(review, "sample_score")
    score = object_in(sample, "score")
    value = _value(score, metric)
    question = number(sample, "group_id")
    if question is None:
        question = number(review, "index")
    if value is None or question is None:
        return None
    output = object_in(prediction, "model_output")
    choices = objects_in(output, "choices")
    choice = choices[0] if choices else {}
    message, usage = object_in(choice, "message"), object_in(output, "usage")
    reasoning, text = _texts(message.get("content"))
    stop = choice.get("stop_reason")
    return SampleRow(
        subset=subset,
        question=int(question),
        repeat=int(number(sample, "generation_index") or 0),
        target=_target(review.get("target")),
        answer=_text(score.get("extracted_prediction")) or None,
        correct=value >= 1,
        response=text if choice else _text(score.get("prediction")),
        finish_reason=FINISH_REASONS.get(stop, stop) if isinstance(stop, str) else None,
        input_tokens=_whole(usage, "input_tokens"),
        output_tokens=_whole(usage, "output_tokens"),
        latency_s=number(output, "time"),
        error=None,
        score=value,
        prompt=_prompt(review),
        reasoning=reasoning or None,
        reasoning_tokens=_whole(usage, "reasoning_tokens"),
        ttft_s=number(object_in(message, "perf_metrics"), "ttft"),
    )


def _value(score: Fields, metric: str) -> float | None:
    """Return the score of an answer, 0 to 1; None if it was not judged."""
    values = object_in(score, "value")
    if score.get("status", "success") != "success" or not values:
        return None
    # some benchmarks write `acc`, and report it as `accuracy`
    names = (metric, score.get("main_score_name"), next(iter(values)))
    name = next(str(name) for name in names if name in values)
    value = values[name]
    if isinstance(value, bool):
        return float(value)
    known = number(values, name)
    return known if known is not None and 0 <= known <= 1 else None


def _target(target: Any) -> str:
    return "".join(map(str, target)) if isinstance(target, list) else _text(target)


def _prompt(review: Fields) -> str | None:
    """Return the text of the last message of the user."""
    asked = [message for message in objects_in(review, "messages") if message.get("role") == "user"]
    return _texts(asked[-1].get("content"))[1] if asked else None


def _texts(content: Any) -> tuple[str, str]:
    """Return the reasoning and the text of a message's content, a text or a list of parts."""
    if not isinstance(content, list):
        return "", _text(content)
    parts = [part for part in content if isinstance(part, dict)]
    return _joined(parts, "reasoning"), _joined(parts, "text")


def _joined(parts: Sequence[Fields], name: str) -> str:
    return "\n\n".join(_text(part.get(name)) for part in parts if part.get(name))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(fields: Fields, name: str) -> int | None:
    value = number(fields, name)
    return None if value is None else int(value)
