"""No answer is asked twice: a killed evaluation goes on, and more repeats ask only what is new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stub.process import Stub
from tasks.measure.accuracy import retries
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.jobs import AccuracyJob
from tests.measure.accuracy.conftest import AnsweringStub, MakeJob, write_questions

pytestmark = pytest.mark.usefixtures("warm")
MakeJournaled = Callable[..., AccuracyJob]


class Killed(Exception):
    """Ends an evaluation as a dying server does: its process is killed with SIGKILL."""


@pytest.fixture
def journaled(accuracy_job: MakeJob, tmp_path: Path) -> MakeJournaled:
    """Makes jobs of one journal, each of its own run; fields of the question set as keywords."""

    def make(url: str, run_id: str, **fields: object) -> AccuracyJob:
        job = accuracy_job(url, **fields)
        update = {"journal": tmp_path / "answers.jsonl", "run_id": run_id, "folder": tmp_path / run_id}
        return job.model_copy(update=update)

    return make


def measure(job: AccuracyJob) -> tuple[SampleRow, ...]:
    """The rows of an evaluation that nothing interrupts."""
    return measure_accuracy(job, lambda: None, lambda finished, answers: None)[1]


def killed_after(job: AccuracyJob, answers: int, server: Stub) -> None:
    """Kill an evaluation once so many answers have come, and the next one was asked for."""
    finished = 0

    def progress(now: int, of: int) -> None:
        nonlocal finished
        finished = now

    def check() -> None:
        if finished >= answers and len(server.log()) > answers:
            raise Killed

    with pytest.raises(Killed):
        measure_accuracy(job, check, progress)


def test_a_killed_evaluation_asks_only_what_is_left(
    answering: AnsweringStub, journaled: MakeJournaled, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 30)
    right = set(range(12)) | set(range(15, 27))
    server = answering(30, right)
    server.faults([{"kind": "hang", "first": 17}])
    killed_after(journaled(server.url, "run-1", batch_size=1), 17, server)
    asked = len(server.log())
    server.faults([])
    rows = measure(journaled(server.url, "run-2", batch_size=1))
    assert len(server.log()) - asked == 13
    assert [row.asked_by for row in rows] == ["run-1"] * 17 + ["run-2"] * 13
    assert {row.question for row in rows if row.correct} == right
    assert all(row.latency_s and row.ttft_s and row.first_answer_s and row.tries == 1 for row in rows)
    sent = [row.sent_at for row in rows if row.sent_at]
    assert sent == sorted(sent)
    assert len(sent) == 30  # the journal knows when the first run asked


def test_more_repeats_ask_only_the_new_ones(
    answering: AnsweringStub, journaled: MakeJournaled, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 3)
    server = answering(3, {0, 1})
    assert len(measure(journaled(server.url, "run-1", repeats=4))) == 12 == len(server.log())
    rows = measure(journaled(server.url, "run-2", repeats=8))
    assert (len(rows), len(server.log())) == (24, 24)
    assert [row.asked_by for row in rows].count("run-1") == 12


def test_a_failed_request_is_asked_again(
    answering: AnsweringStub, journaled: MakeJournaled, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 4)
    server = answering(4, {0, 1, 2, 3})
    server.faults([{"kind": "error500", "first": 1, "count": 1}])
    rows = measure(journaled(server.url, "run-1", batch_size=1, retries=1))
    assert [(row.correct, row.tries) for row in rows] == [(True, 1), (True, 2), (True, 1), (True, 1)]


def test_only_failed_answers_are_asked_in_the_next_run(
    answering: AnsweringStub, journaled: MakeJournaled, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 4)
    server = answering(4, {0, 1, 2, 3})
    server.faults([{"kind": "drop", "first": 2, "count": 1}])
    rows = measure(journaled(server.url, "run-1", batch_size=1))
    assert [row.error is None for row in rows] == [True, True, False, True]
    asked = len(server.log())
    assert all(row.correct for row in measure(journaled(server.url, "run-2", batch_size=1)))
    assert len(server.log()) == asked + 1


def test_a_refused_request_is_not_asked_again(
    answering: AnsweringStub, journaled: MakeJournaled, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 2)
    server = answering(2, {0, 1})
    server.faults([{"kind": "wrong_model"}])
    rows = measure(journaled(server.url, "run-1", retries=3))
    assert [row.tries for row in rows] == [1, 1]


def test_pauses_grow() -> None:
    assert [retries.pause_s(tries) for tries in (1, 2, 3, 4, 5)] == [1, 4, 16, 60, 60]
