"""A run that goes on with an earlier one of an endpoint that does not report its start time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.config.results_location import results_location
from tasks.errors import InputError, MeasureError
from tasks.record.store import Store
from tests.measure.accuracy.conftest import stub_answers, write_questions
from tests.record.s3 import BUCKET, S3

pytestmark = pytest.mark.usefixtures("api")
SPEC = """
name: asked
server: {{kind: endpoint, url: {url}, model: {model}, tokenizer: none}}
accuracy: [{{path: {path}, batch_size: 1, retries: 0}}]
track: {{swanlab: {{mode: disabled}}}}
"""


def test_only_the_answers_that_are_missing_are_asked(stub: Callable[..., Stub], tmp_path: Path) -> None:
    write_questions(tmp_path / "set", 6)
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=stub_answers(6, {0, 1, 2, 3}), no_metrics=True)
    spec, results = tmp_path / "asked.yaml", tmp_path / "results"
    spec.write_text(SPEC.format(url=server.url, model=server.model, path=tmp_path / "set"))
    server.faults([{"kind": "error500", "first": 5}])  # after the probe's requests
    with pytest.raises(MeasureError, match="1 of 1 measurements failed"):
        benchmark(spec=str(spec), results=str(results))
    server.faults([])
    first = Store(results).read("samples")
    answered = first.filter(first["error"].is_null()).height
    assert 0 < answered < 6

    run = benchmark(spec=str(spec), results=str(results), resume="last")
    samples, runs = Store(results).read("samples", run), Store(results).read("runs", run)
    assert runs["resumes"].to_list() == [first["run_id"][0]]
    assert samples["asked_by"].to_list().count(run) == 6 - answered
    assert Store(results).read("scores", run)["value"].to_list() == pytest.approx([4 / 6])

    again = benchmark(spec=str(spec), results=str(results), resume=run)
    assert Store(results).read("scores", again)["measured_by"].to_list() == [run]
    with pytest.raises(InputError, match="no run 'run-9'"):
        benchmark(spec=str(spec), results=str(results), resume="run-9")


def test_answers_in_a_bucket_are_not_asked_again_on_another_machine(
    stub: Callable[..., Stub], s3_account: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_questions(tmp_path / "set", 6)
    server = stub(ttft=0.001, itl=0.001, tokens=64, answers=stub_answers(6, {0, 1, 2, 3}), no_metrics=True)
    spec, results = tmp_path / "asked.yaml", f"s3://{BUCKET}/resumed"
    spec.write_text(SPEC.format(url=server.url, model=server.model, path=tmp_path / "set"))
    server.faults([{"kind": "error500", "first": 5}])  # after the probe's requests
    with pytest.raises(MeasureError, match="1 of 1 measurements failed"):
        benchmark(spec=str(spec), results=results)
    server.faults([])
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "another machine"))
    run = benchmark(spec=str(spec), results=results, resume="last")
    samples = Store(results_location(results)).read("samples")
    first, second = samples.filter(samples["run_id"] != run), samples.filter(samples["run_id"] == run)
    answered = first.filter(first["error"].is_null()).height
    assert 0 < answered < 6
    assert second["asked_by"].to_list().count(run) == 6 - answered
