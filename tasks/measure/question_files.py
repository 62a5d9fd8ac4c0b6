"""Checks of question files, before anything starts; each refusal names the file and the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.errors import InputError

TEST = "test.jsonl"


def check_questions(path: Path) -> int:
    """Check a sweep's JSONL file and count its questions.

    Raises:
        InputError: there is no file, a line is no JSON object with a text `question`, or there are no lines.
    """
    count = 0
    for number, record in _records(path):
        if not _text(record.get("question")):
            raise _refused(path, number, "has no `question`", 'each line is {"question": "…"}')
        count += 1
    if not count:
        raise InputError(f"{path} holds no questions", 'write one JSON object a line: {"question": "…"}')
    return count


def check_accuracy_folder(path: Path) -> Path:
    """Check an accuracy set's folder, and give it back.

    Raises:
        InputError: there is no test.jsonl, or a line lacks its problem or its answer.
    """
    file = path / TEST
    if not [None for _ in _accuracy_records(file)]:
        raise InputError(f"{file} holds no questions", 'write lines of {"problem": "…", "answer": "…"}')
    return path


def copy_accuracy_folder(source: Path, target: Path) -> None:
    """Copy a checked set's problems with every answer as text: EvalScope stumbles over numbers."""
    target.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {"problem": record["problem"], "answer": str(record["answer"]).strip()}, ensure_ascii=False
        )
        for _, record in _accuracy_records(source / TEST)
    ]
    (target / TEST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _accuracy_records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    remedy = 'each line is {"problem": "…", "answer": "…"}'
    for number, record in _records(file):
        if not _text(record.get("problem")):
            raise _refused(file, number, "has no `problem`", remedy)
        answer = record.get("answer")
        if isinstance(answer, bool) or not (isinstance(answer, int) or _text(answer)):
            raise _refused(file, number, "has no `answer`", remedy)
        yield number, record


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a JSONL file; empty lines are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InputError(
            f"cannot read the questions in {path}: {reason}", "give the path of a JSONL file"
        ) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError:
                raise _refused(path, number, "is no JSON", "write one JSON object a line") from None
            if not isinstance(record, dict):
                raise _refused(path, number, "is no JSON object", "write one JSON object a line")
            yield number, record


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _refused(path: Path, number: int, what: str, remedy: str) -> InputError:
    return InputError(f"{path}, line {number} {what}", remedy)
