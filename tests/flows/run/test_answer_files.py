"""Known answers: each run has a file, and a bucket brings them to other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.run import answer_files
from flows.run.answer_files import earlier_answers, own_answers, remove_answers, uploaded_answers
from flows.run.run_identity import Run
from flows.ui import console
from tasks.config.results_location import ResultsLocation, results_location
from tests.helpers.wait import until
from tests.record.s3 import BUCKET, S3

RESULTS = f"s3://{BUCKET}/answers-of/team"
KEY = "answers-v4-0123"


def run_of(run_id: str, location: str | Path) -> Run:
    """A run of which only its id and its results matter."""
    return made_up_run(run_id, results_location(location))


def made_up_run(run_id: str, results: ResultsLocation) -> Run:
    """The same, for a location that is none of a user's."""
    construct: Any = Run.model_construct
    run: Run = construct(id=run_id, results=results)
    return run


def write(run: Run, text: str) -> None:
    """Write the answers that a run gets."""
    file = own_answers(run, KEY)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def texts(run: Run) -> list[str]:
    """The answers that other runs got."""
    return [file.read_text() for file in earlier_answers(run, KEY)]


def test_the_files_of_other_runs_are_known_oldest_first(tmp_path: Path) -> None:
    for run_id in ("2026-2", "2026-1", "2026-3"):
        write(run_of(run_id, tmp_path), run_id)
    of_all_runs = tmp_path / "answers" / f"{KEY}.jsonl"
    of_all_runs.write_text("of an earlier version")
    last = run_of("2026-3", tmp_path)
    assert texts(last) == ["of an earlier version", "2026-1", "2026-2"]
    remove_answers(last, KEY)
    assert texts(last) == []
    with uploaded_answers(last, KEY):
        pass


def test_a_bucket_brings_answers_to_another_machine(
    s3_account: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_of("2026-1", RESULTS)
    with uploaded_answers(first, KEY):
        write(first, "seventeen")
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "another machine"))
    second = run_of("2026-2", RESULTS)
    assert texts(second) == ["seventeen"]
    with uploaded_answers(second, KEY):
        write(second, "thirteen")
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "a third"))
    third = run_of("2026-3", RESULTS)
    assert texts(third) == ["seventeen", "thirteen"]
    remove_answers(third, KEY)
    assert texts(run_of("2026-4", RESULTS)) == []


def test_a_killed_run_has_uploaded_what_it_had(s3_account: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_files, "UPLOAD_PAUSE_S", 0.01)
    monkeypatch.setattr(answer_files, "PAUSE_PER_UPLOAD", 0)
    run, name = run_of("2026-9", RESULTS), f"answers-of/team/answers/{KEY}/2026-9.jsonl"
    with uploaded_answers(run, KEY):
        write(run, "one")
        assert until(lambda: s3_account.objects().get(name) == b"one")
        write(run, "one, two")
        assert until(lambda: s3_account.objects().get(name) == b"one, two")


def test_a_bucket_that_fails_loses_no_score(s3_account: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(console, "stage", lambda stage, line, style: lines.append(line))
    missing = ResultsLocation(folder=results_location(RESULTS).folder, bucket="no-such-bucket/team")
    run = made_up_run("2026-1", missing)
    with uploaded_answers(run, KEY):
        write(run, "kept")
    assert own_answers(run, KEY).read_text() == "kept"
    (line,) = lines
    assert line.endswith("; the answers are on this machine")
