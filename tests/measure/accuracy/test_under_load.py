"""Accuracy under load: a server that answers wrongly when it is busy is found, another one is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stub.process import Stub
from stub.request_log import LoggedRequest
from tasks.errors import MeasureError
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.accuracy.load_row import LOAD, LoadRow
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.jobs import AccuracyJob
from tasks.measure.row_files import read_rows
from tasks.report.comparison.change import Question, paired_change
from tests.measure.accuracy.conftest import stub_answers, write_questions
from tests.measure.conftest import KEY

pytestmark = pytest.mark.usefixtures("warm")
SIZE = 60
LOADED = {"concurrency": 30, "input_tokens": 16, "output_tokens": {"uniform": [100, 300]}}
"""Answers of 2 to 6 s, so that few of them end at once where the machine does nothing for half a second."""
BUSY = {"busy_answer": r"\boxed{1}", "busy_above": 15, "busy_every": 10}
"""More than the ten questions that are asked at once without load."""
MakeJob = Callable[..., AccuracyJob]
StartStub = Callable[..., Stub]


@pytest.fixture
def busy_stub(stub: StartStub) -> StartStub:
    """Starts a stub that answers all questions rightly; `busy`: fields of each answer for busy times."""

    def start(size: int, **busy: Any) -> Stub:
        answers = [answer | busy for answer in stub_answers(size, set(range(size)))]
        return stub(ttft=0.002, itl=0.02, tokens=16, answers=answers, api_key=KEY)

    return start


@pytest.fixture
def loaded_job(accuracy_job: MakeJob, tmp_path: Path, tokenizer: Path) -> MakeJob:
    """Makes jobs under load; fields of the question set as keywords."""

    def make(url: str, **fields: Any) -> AccuracyJob:
        job = accuracy_job(url, **({"under_load": LOADED} | fields))
        endpoint = job.endpoint.model_copy(update={"tokenizer": str(tokenizer)})
        return job.model_copy(update={"endpoint": endpoint, "folder": tmp_path / job.accuracy.set_name})

    return make


def measure(job: AccuracyJob) -> tuple[Score, tuple[SampleRow, ...]]:
    """The score and the rows of an evaluation that nothing interrupts."""
    scores, rows = measure_accuracy(job, lambda: None, lambda finished, answers: None)
    return scores[-1], rows


def load_rows(job: AccuracyJob) -> list[LoadRow]:
    """The rows of all load processes."""
    return [row for file in sorted(job.folder.rglob(LOAD)) for row in read_rows(file, LoadRow)]


def shares(rows: tuple[SampleRow, ...]) -> dict[Question, float]:
    """The score of each question's answer."""
    return {(row.question, row.target): row.value for row in rows}


@pytest.mark.parametrize(("busy", "difference", "is_noise"), [(BUSY, -0.1, False), ({}, 0.0, True)])
def test_only_answers_that_change_under_load_make_a_difference(
    busy_stub: StartStub,
    loaded_job: MakeJob,
    tmp_path: Path,
    busy: dict[str, Any],
    difference: float,
    is_noise: bool,
) -> None:
    write_questions(tmp_path / "set", SIZE)
    server = busy_stub(SIZE, **busy)
    quiet, quiet_rows = measure(loaded_job(server.url, under_load=None))
    loaded, loaded_rows = measure(loaded_job(server.url))
    assert (quiet.value, quiet.under_load, quiet.others_mean) == (1.0, None, None)
    assert loaded.under_load == 30
    assert 20 < (loaded.others_mean or 0) <= 30
    change = paired_change(shares(quiet_rows), shares(loaded_rows), single=True)
    assert change is not None
    assert change.difference == pytest.approx(difference)
    assert change.is_noise is is_noise


def test_the_load_lasts_from_the_first_question_to_the_last_answer(
    busy_stub: StartStub, loaded_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 20)
    server = busy_stub(20)
    job = loaded_job(server.url, batch_size=1)
    score, rows = measure(job)
    log, sent = server.log(), load_rows(job)
    questions = [entry for entry in log if "Number [" in entry.prompt]
    others = [entry for entry in log if "Number [" not in entry.prompt]
    assert (score.value, len(questions), len(others)) == (1.0, 20, len(sent))
    assert all(_under_way(others, question) > 20 for question in questions)
    assert all(row.succeeded != row.abandoned for row in sent)
    assert sum(row.abandoned for row in sent) > 20
    assert len({entry.prompt_sha256 for entry in others}) == len(others)
    assert all((row.others_mean or 0) > 20 for row in rows)


def test_a_load_that_the_server_refuses_is_an_error(
    busy_stub: StartStub, loaded_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 2)
    server = busy_stub(2)
    server.faults([{"kind": "error429"}])
    with pytest.raises(MeasureError, match="the load does not start: HTTP 429"):
        measure(loaded_job(server.url))
    assert not any("Number [" in entry.prompt for entry in server.log())


def _under_way(others: list[LoggedRequest], question: LoggedRequest) -> int:
    """Other requests that were under way when a question arrived, by the stub's log."""
    at = question.arrived
    return sum(
        entry.arrived < at and (entry.status == 499 or (entry.last_sent or at) >= at) for entry in others
    )
