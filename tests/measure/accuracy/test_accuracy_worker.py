"""The client that EvalScope asks through: what belongs to one client stays with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.measure.processes.run_jobs import run_job
from tests.helpers.redirecting import redirecting_server
from tests.measure.accuracy.conftest import AnsweringStub, MakeJob, write_questions


@pytest.mark.usefixtures("warm")
def test_each_model_has_its_own_endpoint_count_and_errors(
    answering: AnsweringStub, accuracy_job: MakeJob
) -> None:
    results = run_job(
        "tests.measure.accuracy.workers:two_models",
        accuracy_job(answering(1, {0}).url),
        check=lambda: None,
        progress=lambda finished: None,
        timeout_s=180,
    )
    mismatch = "the answer is of model 'stub', not 'another'"
    assert results == [([1, 2], []), ([1, 2], [mismatch, mismatch])]


@pytest.mark.usefixtures("warm")
def test_rows_of_an_earlier_evaluation_are_not_mixed_in(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 2)
    job = accuracy_job(answering(2, {0}).url)
    for folder in ("predictions", "reviews"):
        stale = job.folder / "evalscope" / folder / "stale.jsonl"
        stale.parent.mkdir(parents=True)
        stale.write_text("no record\n")
    rows = run_job(
        "tasks.measure.accuracy.accuracy_worker:run",
        job,
        check=lambda: None,
        progress=lambda finished: None,
        timeout_s=180,
    )
    assert rows == 2
    assert not list(job.folder.rglob("*.html"))


@pytest.mark.usefixtures("warm")
def test_keys_follow_no_redirect(accuracy_job: MakeJob, tmp_path: Path) -> None:
    """The OpenAI client follows redirects, and takes every header but Authorization to another host."""
    write_questions(tmp_path / "set", 2)
    with redirecting_server() as (first, other):
        rows = run_job(
            "tasks.measure.accuracy.accuracy_worker:run",
            accuracy_job(first.url),
            check=lambda: None,
            progress=lambda finished: None,
            timeout_s=180,
        )
        assert rows == 2
        assert len(first.received) >= 2
        assert other.received == []
