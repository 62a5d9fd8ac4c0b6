"""Accuracy against the stub: EvalScope's own verdicts, a row for every answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.config.question_set import QuestionSet
from tasks.errors import InputError
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.jobs import AccuracyJob
from tasks.measure.results import SampleRow, Score
from tasks.serve.endpoint import Endpoint
from tests.measure.conftest import KEY
from tests.stub.process import Stub

pytestmark = pytest.mark.usefixtures("warm")
Stubs = Callable[..., Stub]


def write_set(folder: Path, size: int, right: set[int]) -> list[dict[str, str]]:
    """Write questions, and give the stub's answers: right ones for some of them."""
    folder.mkdir()
    records = [{"problem": f"Number [{n:03d}]: add {n} to 100.", "answer": n + 100} for n in range(size)]
    (folder / "test.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    values = [n + 100 if n in right else n + 500 for n in range(size)]
    return [
        {"contains": f"[{n:03d}]", "answer": f"It is \\boxed{{{value}}}"} for n, value in enumerate(values)
    ]


def measure(
    server: Stub, folder: Path, tmp_path: Path, **fields: Any
) -> tuple[tuple[Score, ...], tuple[SampleRow, ...]]:
    """Evaluate the set against the stub."""
    job = AccuracyJob(
        accuracy=QuestionSet(path=str(folder), **({"timeout_s": 20} | fields)),
        endpoint=Endpoint(url=server.url, model="stub", tokenizer="none", api_key=KEY),
        folder=tmp_path / "job",
        attempt=0,
    )
    return measure_accuracy(job, lambda: None, lambda done, total: None)


@pytest.fixture
def answering(stub: Stubs, tmp_path: Path) -> Callable[[int, set[int]], Stub]:
    """A stub that answers some of so many questions rightly; the questions lie in `set`."""

    def start(size: int, right: set[int]) -> Stub:
        answers = tmp_path / "answers.json"
        answers.write_text(json.dumps(write_set(tmp_path / "set", size, right)))
        return stub(ttft=0.001, itl=0.001, tokens=64, answers=answers, api_key=KEY)

    return start


def test_twelve_of_each_fifteen_are_080(answering: Callable[[int, set[int]], Stub], tmp_path: Path) -> None:
    right = set(range(12)) | set(range(15, 27))
    server = answering(30, right)
    scores, rows = measure(server, tmp_path / "set", tmp_path)
    assert [(score.subset, score.value) for score in scores] == [
        ("AIME2025-I", pytest.approx(0.8)),
        ("AIME2025-II", pytest.approx(0.8)),
        ("OVERALL", pytest.approx(0.8)),
    ]
    assert scores[-1].ci_low == pytest.approx(0.627, abs=1e-3)
    assert [row.question for row in rows] == list(range(30))
    assert {row.question for row in rows if row.correct} == right
    assert rows[3].answer == rows[3].target == "103"
    assert rows[3].response == "It is \\boxed{103}"
    assert (rows[3].finish_reason, rows[3].error) == ("stop", None)
    assert rows[3].output_tokens == 3
    files = [path for path in (tmp_path / "job").rglob("*") if path.is_file()]
    assert all(KEY not in path.read_text(errors="replace") for path in files)


def test_repeats_have_a_row_each(answering: Callable[[int, set[int]], Stub], tmp_path: Path) -> None:
    scores, rows = measure(answering(4, {0, 1, 2}), tmp_path / "set", tmp_path, repeats=3)
    assert [(row.question, row.repeat) for row in rows] == [(q, r) for q in range(4) for r in range(3)]
    assert [(score.subset, score.value, score.repeats) for score in scores] == [
        ("default", 0.75, 3),
        ("OVERALL", 0.75, 3),
    ]


def test_failed_samples_are_wrong_and_told(
    answering: Callable[[int, set[int]], Stub], tmp_path: Path
) -> None:
    server = answering(4, {0, 1, 2, 3})
    server.faults([{"kind": "error500", "every": 2}])
    scores, rows = measure(server, tmp_path / "set", tmp_path, batch_size=1)
    assert len(server.log()) == 4  # nothing was tried twice
    assert len(rows) == 4
    assert (scores[-1].value, scores[-1].failed) == (0.5, 2)
    assert all(row.correct == (row.error is None) for row in rows)
    assert all(row.target for row in rows)


@pytest.mark.parametrize("kind", ["error500", "wrong_model"])
def test_all_failed_is_zero_with_every_error(
    answering: Callable[[int, set[int]], Stub], tmp_path: Path, kind: str
) -> None:
    server = answering(3, {0, 1, 2})
    server.faults([{"kind": kind}])
    scores, rows = measure(server, tmp_path / "set", tmp_path)
    assert (scores[-1].value, scores[-1].failed) == (0, 3)
    assert all(row.error for row in rows)


def test_a_cut_answer_is_counted_as_truncated(
    answering: Callable[[int, set[int]], Stub], tmp_path: Path
) -> None:
    scores, rows = measure(answering(3, {0, 1, 2}), tmp_path / "set", tmp_path, generation={"max_tokens": 2})
    assert scores[-1].truncated == 3
    assert {row.finish_reason for row in rows} == {"length"}


def test_a_missing_folder_is_refused(stub: Stubs, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        measure(stub(), tmp_path / "none", tmp_path)
