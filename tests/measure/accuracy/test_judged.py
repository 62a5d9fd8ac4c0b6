"""Benchmarks that need more than the answer: another model that judges it, a sandbox that runs its code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stub.process import Stub
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.run_jobs import run_job
from tasks.measure.row_files import SAMPLES, read_rows
from tasks.serve.endpoint import Endpoint
from tests.measure.accuracy.conftest import MakeJob
from tests.measure.accuracy.small_sets import CODE, JUDGED, RIGHT, SIZE, verdicts
from tests.measure.conftest import KEY

pytestmark = pytest.mark.usefixtures("warm")
JUDGE_KEY = "sk-of-the-judge"
WORKERS = "tests.measure.accuracy.workers"
StartStub = Callable[..., Stub]


def judged_job(stub: StartStub, accuracy_job: MakeJob, judge: Stub, key: str) -> AccuracyJob:
    """A job whose answers a judge gets with a key."""
    server = stub(ttft=0.001, itl=0.001, answers=JUDGED.answers(), api_key=KEY)
    fields = {"url": judge.url, "model": judge.model}
    job = accuracy_job(server.url, dataset=JUDGED.dataset, judge=fields)
    endpoint = Endpoint(url=judge.url, model=judge.model, tokenizer="none", api_key=key)
    return job.model_copy(update={"judge": endpoint})


@pytest.fixture
def judge(stub: StartStub, tmp_path: Path) -> Stub:
    """A stub that judges the answers to the questions in the folder `set`."""
    JUDGED.write(tmp_path / "set")
    return stub(ttft=0.001, itl=0.001, model="judge", answers=verdicts(JUDGED), api_key=JUDGE_KEY)


def test_another_model_judges(stub: StartStub, judge: Stub, accuracy_job: MakeJob, tmp_path: Path) -> None:
    job = judged_job(stub, accuracy_job, judge, JUDGE_KEY)
    scores, rows = measure_accuracy(job, lambda: None, lambda finished, answers: None)
    assert [row.error for row in rows] == [None] * SIZE
    assert [row.correct for row in rows] == [number < RIGHT for number in range(SIZE)]
    assert scores[-1].value == pytest.approx(RIGHT / SIZE)
    assert len(judge.log()) == SIZE
    texts = [file.read_bytes() for file in job.folder.rglob("*") if file.is_file()]
    assert not any(JUDGE_KEY.encode() in text for text in texts)


def test_answers_without_a_verdict_are_no_wrong_answers(
    stub: StartStub, judge: Stub, accuracy_job: MakeJob
) -> None:
    job = judged_job(stub, accuracy_job, judge, "another key")
    scores, rows = measure_accuracy(job, lambda: None, lambda finished, answers: None)
    reason = "the answer could not be judged: judge judge: AuthenticationError: Error code: 401"
    assert {row.error for row in rows} == {reason}
    assert {row.score for row in rows} == {None}
    assert (scores[-1].failed, scores[-1].complete) == (SIZE, False)


def sandboxed_rows(worker: str, stub: StartStub, accuracy_job: MakeJob, folder: Path) -> list[SampleRow]:
    """The rows of a benchmark that runs code, evaluated by a worker of the tests."""
    CODE.write(folder)
    server = stub(ttft=0.001, itl=0.001, answers=CODE.answers(), api_key=KEY)
    job = accuracy_job(server.url, dataset=CODE.dataset, sandbox=True)
    run_job(f"{WORKERS}:{worker}", job, check=lambda: None, progress=lambda finished: None, timeout_s=180)
    return sorted(read_rows(job.folder / SAMPLES, SampleRow), key=lambda row: row.question)


def test_code_from_answers_runs_in_the_sandbox(
    stub: StartStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    rows = sandboxed_rows("in_a_process", stub, accuracy_job, tmp_path / "set")
    assert [(row.correct, row.error) for row in rows] == [(number < RIGHT, None) for number in range(SIZE)]


def test_a_sandbox_that_fails_makes_no_wrong_answers(
    stub: StartStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    rows = sandboxed_rows("in_a_stopped_sandbox", stub, accuracy_job, tmp_path / "set")
    reason = "the answer could not be judged: the sandbox failed: Docker is not there"
    assert [(row.score, row.error) for row in rows] == [(None, reason)] * SIZE
