"""Accuracy against the stub: EvalScope's own judgements, a row for every answer, the time limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stub.process import Stub
from tasks.config.question_set import QuestionSet
from tasks.errors import InputError, MeasureError
from tasks.measure.accuracy import evaluate
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.jobs import SETUP_S, AccuracyJob
from tests.measure.accuracy.conftest import AnsweringStub, MakeJob, write_questions
from tests.measure.conftest import KEY


def measure(job: AccuracyJob) -> tuple[tuple[Score, ...], tuple[SampleRow, ...]]:
    """Measure without a server check and without progress."""
    return measure_accuracy(job, lambda: None, lambda finished, answers: None)


@pytest.mark.usefixtures("warm")
def test_twelve_of_each_fifteen_are_080(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 30)
    right = set(range(12)) | set(range(15, 27))
    job = accuracy_job(answering(30, right).url)
    scores, rows = measure(job)
    assert [score.subset for score in scores] == ["AIME2025-I", "AIME2025-II", "OVERALL"]
    assert [score.value for score in scores] == pytest.approx([0.8, 0.8, 0.8])
    assert scores[-1].ci_low == pytest.approx(0.627, abs=1e-3)
    assert [row.question for row in rows] == list(range(30))
    assert {row.question for row in rows if row.correct} == right
    assert rows[3].answer == rows[3].target == "103"
    assert rows[3].response == "It is \\boxed{103}"
    assert (rows[3].finish_reason, rows[3].error) == ("stop", None)
    assert rows[3].output_tokens == 3
    files = [path for path in job.folder.rglob("*") if path.is_file()]
    assert all(KEY not in path.read_text(errors="replace") for path in files)


@pytest.mark.usefixtures("warm")
def test_repeats_have_a_row_each(answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path) -> None:
    write_questions(tmp_path / "set", 4)
    reports: list[tuple[int, int]] = []
    job = accuracy_job(answering(4, {0, 1, 2}).url, repeats=3)
    scores, rows = measure_accuracy(
        job, lambda: None, lambda finished, answers: reports.append((finished, answers))
    )
    assert [(row.question, row.repeat) for row in rows] == [(q, r) for q in range(4) for r in range(3)]
    assert [(score.subset, score.value, score.repeats) for score in scores] == [("default", 0.75, 3)]
    assert reports == [(finished, 12) for finished in range(1, 13)]


@pytest.mark.usefixtures("warm")
def test_failed_samples_are_wrong_and_counted(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 4)
    server = answering(4, {0, 1, 2, 3})
    server.faults([{"kind": "error500", "every": 2}])
    scores, rows = measure(accuracy_job(server.url, batch_size=1))
    assert len(server.log()) == 4  # nothing was tried twice
    assert len(rows) == 4
    assert (scores[-1].value, scores[-1].failed) == (0.5, 2)
    assert all(row.correct == (row.error is None) for row in rows)
    assert all(row.target for row in rows)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", ["error500", "wrong_model"])
def test_all_failed_is_zero_with_every_error(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path, kind: str
) -> None:
    write_questions(tmp_path / "set", 3)
    server = answering(3, {0, 1, 2})
    server.faults([{"kind": kind}])
    scores, rows = measure(accuracy_job(server.url))
    assert (scores[-1].value, scores[-1].failed) == (0, 3)
    assert all(row.error for row in rows)


@pytest.mark.usefixtures("warm")
def test_a_cut_answer_is_counted_as_truncated(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 3)
    scores, rows = measure(accuracy_job(answering(3, {0, 1, 2}).url, generation={"max_tokens": 2}))
    assert scores[-1].truncated == 3
    assert {row.finish_reason for row in rows} == {"length"}


AIME_STYLES = {
    r"\boxed{m+n=70}": (False, True),
    r"\boxed{\text{Answer: }70}": (False, True),
    r"\fbox{70}": (False, True),
    "The boxed answer is 70.": (True, True),
    r"\boxed{70^\circ}": (False, True),
    r"\boxed{70}. I put the final answer inside \boxed{}": (False, True),
    r"\boxed{70}": (True, True),
    r"\boxed{71}": (False, False),
}
"""Ways to answer where the target is 70, and how EvalScope and the second grader judge them."""


@pytest.mark.usefixtures("warm")
def test_where_the_graders_differ_the_answer_is_disputed(
    stub: Callable[..., Stub], accuracy_job: MakeJob, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    lines = [json.dumps({"problem": f"[{n:03d}]", "answer": "70"}) + "\n" for n in range(len(AIME_STYLES))]
    (tmp_path / "set" / "test.jsonl").write_text("".join(lines))
    answers = [{"contains": f"[{n:03d}]", "answer": text} for n, text in enumerate(AIME_STYLES)]
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=answers, api_key=KEY)
    scores, rows = measure(accuracy_job(server.url))
    assert [(row.correct, row.second_correct) for row in rows] == list(AIME_STYLES.values())
    assert (scores[-1].disagreements, scores[-1].value, scores[-1].second_value) == (5, 2 / 8, 7 / 8)


@pytest.mark.usefixtures("warm")
def test_a_truncated_answer_is_not_right_by_its_last_number(
    stub: Callable[..., Stub], accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 2)
    answers = [
        {"contains": "[000]", "answer": "First I find 100 and then I go on"},
        {"contains": "[001]", "answer": r"It is \boxed{101} as I said above"},
    ]
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=answers, api_key=KEY)
    scores, rows = measure(accuracy_job(server.url, generation={"max_tokens": 4}))
    assert [row.response for row in rows] == ["First I find 100", r"It is \boxed{101} as"]
    assert [(row.answer, row.correct, row.second_correct) for row in rows] == [
        ("100", False, False),
        ("101", True, True),
    ]
    assert (scores[-1].truncated, scores[-1].value) == (2, 0.5)


def test_a_missing_folder_is_refused(accuracy_job: MakeJob) -> None:
    with pytest.raises(InputError):
        measure(accuracy_job("http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(
    ("fields", "batches"),
    [
        ({"dataset": "aime25"}, 3),
        ({"dataset": "aime25", "repeats": 8, "batch_size": 7}, 35),
        ({"dataset": "gsm8k"}, 132),
        ({"dataset": "gsm8k", "limit": 20}, 2),
        ({"dataset": "gsm8k", "repeats": 2, "batch_size": 1}, 2638),
    ],
)
def test_the_time_limit_follows_the_questions_of_the_hub(
    accuracy_job: MakeJob, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], batches: int
) -> None:
    job = accuracy_job("http://127.0.0.1:9/v1", path=None, **fields)
    assert limit_of(job, monkeypatch) == SETUP_S + 20 * (batches + 1)


def test_the_time_limit_follows_the_lines_of_a_file(
    accuracy_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_questions(tmp_path / "set", 1319)
    assert limit_of(accuracy_job("http://127.0.0.1:9/v1"), monkeypatch) == SETUP_S + 20 * 133


def limit_of(job: AccuracyJob, monkeypatch: pytest.MonkeyPatch) -> float:
    """The time limit that a measurement gives its process."""
    limits: list[float] = []

    def run_works(works: object, *, timeout_s: float, **callbacks: object) -> None:
        limits.append(timeout_s)
        raise MeasureError("not measured", "")

    monkeypatch.setattr(evaluate, "run_works", run_works)
    with pytest.raises(MeasureError, match="not measured"):
        measure(job)
    return limits[0]


def test_the_default_limit_of_aime_is_sized_by_its_thirty_questions() -> None:
    assert evaluate.time_limit_s(QuestionSet(retries=0), 30) == SETUP_S + 60000 * 4


def test_the_default_limit_leaves_time_for_retries() -> None:
    assert evaluate.time_limit_s(QuestionSet(), 30) == SETUP_S + (60000 * 4 + 1 + 4 + 16) * 4
