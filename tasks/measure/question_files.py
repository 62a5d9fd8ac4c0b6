"""Checks question files before a run starts, and copies a question set for EvalScope to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.config.datasets import Dataset
from tasks.config.question_set import QuestionSet
from tasks.errors import InputError
from tasks.measure.sandbox import check_sandbox

Record = dict[str, Any]
SWEEP_LINE = '{"question": "…"}'
UNKNOWN_SIZE = 15_000
"""Questions of a dataset whose size is unknown, for the time limit."""


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
    """Check the files of a question set and return the number of its questions.

    For a set without local files, return the number of questions that its dataset has on the hub.

    Raises:
        InputError: a file cannot be read or has no questions, or a line lacks a field, with the file and the
            line; or the set needs a sandbox that is not there.
    """
    dataset = question_set.definition
    if question_set.sandbox and dataset.runs_code:
        check_sandbox(question_set.dataset)
    if not question_set.files:
        counts = [dataset.hub_subsets.get(subset, 0) for subset in question_set.subset_names]
        return sum(_limited(count, question_set.limit) for count in counts) or UNKNOWN_SIZE
    _check_folder(question_set)
    for file in question_set.example_files:
        _check_records(file, dataset)
    counts = [_check_records(file, dataset) for file in question_set.files]
    return sum(counts) if question_set.limit is None else sum(min(it, question_set.limit) for it in counts)


def _check_folder(question_set: QuestionSet) -> None:
    """Raise InputError if `path` is no folder, or has not the file that its dataset is read from."""
    name, needed = question_set.base_name, question_set.definition.file
    if not Path(question_set.path or "").is_dir():
        raise InputError(
            f"question set {name}: there is no folder {question_set.path}",
            f"give `path` a folder that holds {needed}",
        )
    missing = [file for file in question_set.files if not file.exists()]
    if missing:
        subsets = f", or SUBSET.jsonl for each of {', '.join(question_set.subset_names)}"
        raise InputError(
            f"question set {name}: there is no file {missing[0]}",
            f"put the questions into {needed} of that folder{subsets if question_set.subset_names else ''}",
        )


def copy_questions(question_set: QuestionSet, folder: Path) -> None:
    """Copy a question set's files into another folder for EvalScope, which may change what it reads.

    Where EvalScope needs answers as text, numbers become text, and fields that it does not read are left out.
    """
    dataset = question_set.definition
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*question_set.files, *question_set.example_files):
        lines = [json.dumps(_as_read(record, dataset), ensure_ascii=False) for _, record in _records(file)]
        (folder / file.name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _limited(count: int, limit: int | None) -> int:
    return count if limit is None else min(count, limit) or limit


def _as_read(record: Record, dataset: Dataset) -> Record:
    if not dataset.text_answers:
        return record
    fields = {name: record[name] for name in dataset.fields}
    return fields | {"answer": str(record["answer"]).strip()}


def _check_records(file: Path, dataset: Dataset) -> int:
    """Return the number of a file's records; raise InputError if there is none, or one lacks a field."""
    remedy, count = f"each line is {dataset.line_form}", 0
    for number, record in _records(file):
        for name in dataset.fields:
            if name not in record or record[name] is None or record[name] == "":
                raise _line_error(file, number, f"has no `{name}`", remedy)
        if dataset.text_answers:
            _check_text_answer(file, number, record, dataset, remedy)
        count += 1
    if not count:
        raise InputError(f"{file} holds no questions", f"write lines of {dataset.line_form}")
    return count


def _check_text_answer(file: Path, number: int, record: Record, dataset: Dataset, remedy: str) -> None:
    question = dataset.fields[0]
    if not _is_text(record[question]):
        raise _line_error(file, number, f"has no `{question}`", remedy)
    if not _is_answer(record["answer"]):
        raise _line_error(file, number, "has no `answer`", remedy)


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
