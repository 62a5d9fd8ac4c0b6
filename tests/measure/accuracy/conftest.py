"""What the tests of accuracy share: a stub with prepared answers, and jobs for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stub.process import Stub
from tasks.config.question_set import QuestionSet
from tasks.measure.jobs import AccuracyJob
from tasks.serve.endpoint import Endpoint
from tests.measure.conftest import KEY

AnsweringStub = Callable[[int, set[int]], Stub]
MakeJob = Callable[..., AccuracyJob]


def write_questions(folder: Path, size: int, question_field: str = "problem") -> None:
    """Write questions that a stub can tell apart by their number."""
    folder.mkdir()
    lines = []
    for number in range(size):
        text = f"Number [{number:03d}]: add {number} to 100."
        lines.append(json.dumps({question_field: text, "answer": number + 100}) + "\n")
    (folder / "test.jsonl").write_text("".join(lines))


def stub_answers(size: int, right: set[int]) -> list[dict[str, str]]:
    """The stub's answers to those questions, of which some are right."""
    answers = []
    for number in range(size):
        value = number + 100 if number in right else number + 500
        answers.append({"contains": f"[{number:03d}]", "answer": f"It is \\boxed{{{value}}}"})
    return answers


@pytest.fixture
def answering(stub: Callable[..., Stub]) -> AnsweringStub:
    """Starts a stub that answers some of so many questions rightly."""

    def start(size: int, right: set[int]) -> Stub:
        return stub(ttft=0.001, itl=0.001, tokens=64, answers=stub_answers(size, right), api_key=KEY)

    return start


@pytest.fixture
def accuracy_job(tmp_path: Path) -> MakeJob:
    """Makes jobs for the questions in the folder `set`; fields of the question set as keywords."""

    def make(url: str, **fields: Any) -> AccuracyJob:
        return AccuracyJob(
            accuracy=QuestionSet(**({"path": str(tmp_path / "set"), "timeout_s": 20, "retries": 0} | fields)),
            endpoint=Endpoint(url=url, model="stub", tokenizer="none", api_key=KEY),
            folder=tmp_path / "job",
            attempt=0,
        )

    return make
