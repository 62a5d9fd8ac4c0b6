"""What right answers take, measured by the whole flow: energy from the GPUs' power, cost from the price."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.record.store import Store
from tests.helpers.nvml import Nvml

pytestmark = pytest.mark.usefixtures("api")
Start = Callable[..., Stub]
SPEC = """
name: costs
server: {{kind: endpoint, url: {url}, model: {model}, gpus: [0, 1], price_per_hour: 3.6}}
accuracy: [{{dataset: aime25, path: {folder}, generation: {{reasoning_effort: [low, high], max_tokens: 40}}}}]
track: {{swanlab: {{mode: disabled}}}}
"""


@pytest.fixture
def spec(stub: Start, tmp_path: Path) -> str:
    """A spec of four questions at two efforts, of which the stub answers three rightly."""
    folder = tmp_path / "four"
    folder.mkdir()
    lines = [{"problem": f"[{n}] Add {n} to 100.", "answer": str(100 + n)} for n in range(4)]
    (folder / "test.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    answers = [{"contains": f"[{n}]", "answer": f"\\boxed{{{100 + min(n, 2)}}}"} for n in range(4)]
    server = stub(ttft=0.02, itl=0.01, tokens=8, answers=answers)
    file = tmp_path / "costs.yaml"
    file.write_text(SPEC.format(url=server.url, model=server.model, folder=folder))
    return str(file)


def test_right_answers_have_an_energy_and_a_cost(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("probe.gpu_source", "serve.gpu"):
        monkeypatch.setattr(f"tasks.{module}.import_module", lambda name: Nvml(70, 70, power_w=(300, 500)))
    results = tmp_path / "results"

    def scores(*overrides: str) -> list[dict[str, Any]]:
        run = benchmark(spec=spec, results=str(results), overrides=list(overrides))
        assert (results / "files" / run / "samples.html").exists()
        return Store(results).read("scores", run).sort("dataset").to_dicts()

    first = scores()
    assert [(row["question_set"], row["combination"], row["correct"]) for row in first] == [
        ("four", "high", 3), ("four", "low", 3),
    ]  # fmt: skip
    for row in first:
        assert row["energy_j"] == pytest.approx(800 * row["busy_s"])
        assert row["energy_per_correct_j"] == pytest.approx(row["energy_j"] / 3)
        assert row["cost_per_correct"] == pytest.approx(0.001 * row["busy_s"] / 3)
        assert row["cost_doubts"] == []
    dearer = scores("server.price_per_hour=7.2")
    assert [row["measured_by"] for row in dearer] == [first[0]["run_id"]] * 2
    for row, cheap in zip(dearer, first, strict=True):
        assert row["energy_j"] == cheap["energy_j"]
        assert row["cost_per_correct"] == pytest.approx(2 * cheap["cost_per_correct"])
