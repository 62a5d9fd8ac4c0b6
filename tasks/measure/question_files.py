"""Checks question files before a run starts, and copies a question set for EvalScope to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.config.datasets import Dataset
from tasks.config.question_set import QuestionSet
from tasks.errors import InputError

Record = dict[str, Any]
SWEEP_LINE = '{"question": "…"}'


def check_questions(path: Path) -> int:
    """Check a sweep's JSONL file and return the number of its questions.

    Raises:
        InputError: the file cannot be read or has no questions, or a line is not a JSON object with a text
            `question`; the message names the file and the line.
    """
    count = 0
    for number, record in _records(path):
        if not _is_text(record.get("question")):
            raise _line_error(path, number, "has no `question`", f"each line is {SWEEP_LINE}")
        count += 1
    if not count:
        raise InputError(f"{path} holds no questions", f"write one JSON object a line: {SWEEP_LINE}")
    return count


def check_question_set(question_set: QuestionSet) -> int:
    """Check the file of a question set and return the number of its questions.

    For a set without a local file, return the number of questions that its dataset has on the hub.

    Raises:
        InputError: the file cannot be read or has no questions, or a line lacks its question or its answer;
            the message names the file and the line.
    """
    dataset, file = question_set.definition, question_set.file
    if file is None:
        return dataset.hub_questions
    count = len(list(_question_records(file, dataset)))
    if not count:
        raise InputError(f"{file} holds no questions", f"write lines of {dataset.line_form}")
    return count


def copy_questions(file: Path, dataset: Dataset, folder: Path) -> None:
    """Copy a question set's file into another folder, with only question and answer, both as text.

    EvalScope fails if an answer is a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for _, record in _question_records(file, dataset):
        question, answer = record[dataset.question_field], str(record[dataset.answer_field]).strip()
        fields = {dataset.question_field: question, dataset.answer_field: answer}
        lines.append(json.dumps(fields, ensure_ascii=False) + "\n")
    (folder / dataset.file).write_text("".join(lines), encoding="utf-8")


def _question_records(file: Path, dataset: Dataset) -> Iterator[tuple[int, Record]]:
    """Yield each line's number and object; raise InputError if a field is missing."""
    remedy = f"each line is {dataset.line_form}"
    for number, record in _records(file):
        if not _is_text(record.get(dataset.question_field)):
            raise _line_error(file, number, f"has no `{dataset.question_field}`", remedy)
        if not _is_answer(record.get(dataset.answer_field)):
            raise _line_error(file, number, f"has no `{dataset.answer_field}`", remedy)
        yield number, record


def _records(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield the number and the object of every non-empty line of a JSONL file."""
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield number, _parse(path, number, line)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        what = f"cannot read the questions in {path}: {reason}"
        raise InputError(what, "give the path of a JSONL file") from None
    return text.split("\n")  # not splitlines(): JSON may contain a literal U+2028


def _parse(path: Path, number: int, line: str) -> Record:
    remedy = "write one JSON object a line"
    try:
        record = json.loads(line)
    except ValueError:
        raise _line_error(path, number, "is no JSON", remedy) from None
    if not isinstance(record, dict):
        raise _line_error(path, number, "is no JSON object", remedy)
    return record


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_answer(value: object) -> bool:
    """Return whether a value is text or an integer; exclude bool, which Python counts as int."""
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _line_error(path: Path, number: int, what: str, remedy: str) -> InputError:
    return InputError(f"{path}, line {number} {what}", remedy)
