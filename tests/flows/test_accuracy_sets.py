"""Question sets in a whole run without Prefect: a judge with its key, and a load beside the questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.run.pipeline import run_pipeline
from flows.run.run_identity import new_run
from stub.process import Stub
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tasks.record.store import Store
from tasks.report.read_report import read_report
from tasks.report.tables.under_load_table import under_load_table
from tests.measure.accuracy.conftest import stub_answers, write_questions
from tests.measure.accuracy.small_sets import JUDGED, RIGHT, SIZE, verdicts
from tests.report.made_up import cells

START = """
name: asked
server: {{kind: endpoint, url: {url}, model: stub, tokenizer: {tokenizer}}}
track: {{swanlab: {{mode: disabled}}}}
"""
BUSY = {"busy_answer": r"\boxed{1}", "busy_above": 10, "busy_every": 2}


def write_spec(folder: Path, server: Stub, tokenizer: Path, accuracy: str) -> str:
    """Write a spec with question sets. Returns its path."""
    path = folder / "asked.yaml"
    path.write_text(START.format(url=server.url, tokenizer=tokenizer) + accuracy)
    return str(path)


def measure(spec: str, results: Path) -> str:
    """Run what a spec describes, and return the run's id."""
    return run_pipeline(new_run(load_spec(spec), results_location(results)), refresh=False)


def test_a_judge_has_a_key_of_its_own(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    JUDGED.write(tmp_path / "facts")
    server = stub(ttft=0.001, itl=0.001, answers=JUDGED.answers())
    judge = stub(ttft=0.001, itl=0.001, model="judge", answers=verdicts(JUDGED), api_key="sk-of-the-judge")
    monkeypatch.setenv("KEY_OF_THE_JUDGE", "sk-of-the-judge")
    fields = f"{{url: {judge.url}, model: judge, api_key_env: KEY_OF_THE_JUDGE}}"
    sets = f"accuracy: [{{dataset: simple_qa, path: {tmp_path / 'facts'}, judge: {fields}}}]\n"
    measure(write_spec(tmp_path, server, tokenizer, sets), tmp_path / "results")
    scores = Store(tmp_path / "results").read("scores")
    assert scores["value"].to_list() == pytest.approx([RIGHT / SIZE])
    assert len(judge.log()) == SIZE


def test_a_set_is_asked_without_and_with_load(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    write_questions(tmp_path / "sums", 20)
    answers = [answer | BUSY for answer in stub_answers(20, set(range(20)))]
    server = stub(ttft=0.002, itl=0.02, tokens=16, answers=answers)
    load = "{concurrency: 20, input_tokens: 16, output_tokens: {uniform: [50, 150]}}"
    path = tmp_path / "sums"
    sets = f"accuracy: [{{path: {path}, under_load: {load}}}, {{path: {path}, batch_size: 10}}]\n"
    spec, results = write_spec(tmp_path, server, tokenizer, sets), tmp_path / "results"
    run = measure(spec, results)
    table = under_load_table(read_report(Store(results), run))
    assert table is not None
    assert cells(table, "Score") == ["sums-load20"]
    assert (cells(table, "Without"), cells(table, "Under load")[0][:5]) == (["1.000"], "0.500")
    assert cells(table, "Difference")[0].startswith("-0.500 ± 0.240")
    questions = [entry for entry in server.log() if "Number [" in entry.prompt]
    assert len(questions) == 40
