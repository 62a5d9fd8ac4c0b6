"""Benchmarks of several kinds from small local files: right and wrong answers, subsets, refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from stub.process import Stub
from tasks.config.question_set import QuestionSet
from tasks.errors import InputError
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.question_files import check_question_set
from tests.measure.accuracy.conftest import MakeJob
from tests.measure.accuracy.small_sets import CODE, RIGHT, SETS, SIZE, SmallSet
from tests.measure.conftest import KEY


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("small", SETS.values(), ids=SETS)
def test_a_benchmark_runs_from_a_local_file(
    small: SmallSet, stub: Callable[..., Stub], accuracy_job: MakeJob, tmp_path: Path
) -> None:
    small.write(tmp_path / "set")
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=small.answers(), api_key=KEY)
    job = accuracy_job(server.url, dataset=small.dataset, few_shot=0)
    scores, rows = measure_accuracy(job, lambda: None, lambda finished, answers: None)
    assert [row.error for row in rows] == [None] * SIZE
    assert scores[-1].value == pytest.approx(RIGHT / SIZE)
    assert sum(row.correct for row in rows) == RIGHT
    if job.accuracy.definition.kind != "text":
        assert scores[-1].disagreements == 0


@pytest.mark.usefixtures("warm")
def test_subsets_and_a_limit_choose_the_questions(
    stub: Callable[..., Stub], accuracy_job: MakeJob, tmp_path: Path
) -> None:
    small = SETS["choice"]
    small.write(tmp_path / "set")
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=small.answers(), api_key=KEY)
    job = accuracy_job(server.url, dataset="mmlu", few_shot=0, subsets=("astronomy",), limit=2)
    scores, rows = measure_accuracy(job, lambda: None, lambda finished, answers: None)
    assert {row.subset for row in rows} == {"astronomy"}
    assert (len(rows), scores[-1].value) == (2, 1.0)


def test_code_is_not_run_unless_the_spec_says_so(tmp_path: Path) -> None:
    CODE.write(tmp_path / "set")
    with pytest.raises(ValidationError, match="runs code from the answers"):
        QuestionSet(dataset="humaneval", path=str(tmp_path / "set"))
    with pytest.raises(InputError, match="sandbox, which is not installed"):
        check_question_set(QuestionSet(dataset="humaneval", path=str(tmp_path / "set"), sandbox=True))


def test_what_a_model_judges_needs_a_judge() -> None:
    with pytest.raises(ValidationError, match="judged by a model"):
        QuestionSet(dataset="simple_qa")
    judge = {"url": "http://127.0.0.1:9/v1", "model": "judge"}
    assert QuestionSet.model_validate({"dataset": "simple_qa", "judge": judge}).judge


@pytest.mark.parametrize("name", ["gedit", "conll2003", "tau_bench"])
def test_a_benchmark_without_a_score_per_answer_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="cannot be asked"):
        QuestionSet(dataset=name)


@pytest.mark.parametrize("small", [*SETS.values(), CODE], ids=[*SETS, "code"])
def test_a_line_without_a_field_is_named(small: SmallSet, tmp_path: Path) -> None:
    small.write(tmp_path / "set")
    file = tmp_path / "set" / small.file
    field = list(small.question(0))[-1]
    file.write_text(file.read_text() + "{" + f'"{field}": "only"' + "}\n")
    sandbox = small is CODE
    question_set = QuestionSet(dataset=small.dataset, path=str(tmp_path / "set"), sandbox=sandbox)
    with pytest.raises(InputError, match="sandbox" if sandbox else f"line {SIZE + 1} has no"):
        check_question_set(question_set)
