"""The report of a release: its sentence, its artifact, its webhook, and the last good run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.run.release_report import (
    WEBHOOK,
    ReleaseReport,
    as_markdown,
    change_lines,
    good_name,
    is_measured,
    last_good_run,
    send,
)
from tasks.config.spec_file import load_spec
from tasks.plan import subject
from tasks.plan.machine import cpu_count, cpu_name
from tasks.record.named_baselines import set_baseline
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tasks.serve.gpu import GPU
from tests.record import made_up
from tests.report.comparison.compared_runs import compared, with_knee

H100 = GPU(
    index=0,
    uuid="GPU-0",
    name="H100",
    memory_total_bytes=None,
    memory_used_bytes=None,
    driver="580",
    pids=(),
)

FIRST = ReleaseReport(spec="smoke", engine="vllm", version="1.0", run="run-2", baseline=None)


def test_the_sentence_says_what_came_of_it() -> None:
    assert FIRST.text == "vllm 1.0 on smoke: the first run on this hardware, run-2"
    good = FIRST.model_copy(update={"baseline": "run-1"})
    assert good.text == "vllm 1.0 on smoke: not worse than run-1"
    worse = good.model_copy(update={"worse": ("s c1: TTFT: +10.0 ± 1.0 %",)})
    assert worse.text == "vllm 1.0 on smoke: worse than run-1: s c1: TTFT: +10.0 ± 1.0 %"
    assert "### Worse\n\n- s c1: TTFT: +10.0 ± 1.0 %\n" in as_markdown(worse)


@pytest.mark.parametrize(
    ("other", "measured"),
    [
        ({}, True),
        ({"engine_version": "1.1"}, False),
        ({"model": "synthetic:another"}, False),
        ({"gpu_names": ("L4",)}, False),
        ({"cpu": "another"}, False),
    ],
)
def test_a_release_is_measured_where_its_model_ran_on_this_hardware(
    other: dict[str, Any], measured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "list_gpus", lambda: (H100,))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    same = {
        "engine_version": "1.0",
        "model": "synthetic:gpt-oss",
        "cpu": cpu_name(),
        "gpu_names": ("H100",),
    }
    run = made_up.run()
    manifest = run.manifest.model_copy(update=same | other)
    store = Store(tmp_path)
    record_run(store, run.model_copy(update={"spec": "smoke", "manifest": manifest}))
    assert is_measured(store, load_spec("smoke"), "cuda", "1.0") is measured


@pytest.mark.parametrize(("cpus", "measured"), [(0, True), (60, False)])
def test_a_release_on_processors_is_measured_where_it_ran_on_as_many(
    cpus: int, measured: bool, tmp_path: Path
) -> None:
    own = {"engine_version": "1.0", "model": "synthetic:gpt-oss", "cpu": cpu_name(), "gpu_names": ()}
    manifest = made_up.run().manifest.model_copy(update={**own, "cpu_count": cpu_count() + cpus})
    run = made_up.run().model_copy(update={"spec": "smoke", "manifest": manifest})
    record_run(Store(tmp_path), run)
    assert is_measured(Store(tmp_path), load_spec("smoke"), "cpu", "1.0") is measured
    larger = manifest.model_copy(update={"cpu_count": 999})
    assert good_name(run) != good_name(run.model_copy(update={"manifest": larger}))


def test_the_device_of_a_spec_counts_before_that_of_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "list_gpus", lambda: (H100,))
    own = {"engine_version": "1.0", "model": "synthetic:gpt-oss", "cpu": cpu_name(), "gpu_names": ()}
    manifest = made_up.run().manifest.model_copy(update={**own, "cpu_count": cpu_count()})
    record_run(Store(tmp_path), made_up.run().model_copy(update={"spec": "smoke", "manifest": manifest}))
    spec = load_spec("smoke")
    on_cpus = spec.model_copy(update={"server": spec.server.model_copy(update={"device": "cpu"})})
    assert is_measured(Store(tmp_path), on_cpus, "cuda", "1.0")
    assert not is_measured(Store(tmp_path), spec, "cuda", "1.0")


def test_every_figure_and_score_has_its_change_and_interval() -> None:
    lines = change_lines(compared("a"), compared("b", 0.9))
    assert "throughput 4: RPS (req/s): -10.0 ± 2.1 %" in lines
    assert any(line.startswith("aime25 OVERALL: +0.000") for line in lines)
    assert not any("knee" in line for line in lines)
    searched = change_lines(with_knee(compared("a")), with_knee(compared("b", 0.9), knee=16, low=16, high=17))
    assert searched[0] == "throughput: knee (concurrency): 16 (16 – 17), was 19 (19 – 20): -15.8 % worse"
    assert searched[1:] == lines


def test_the_last_good_run_is_the_named_one_or_else_the_one_before(tmp_path: Path) -> None:
    store = Store(tmp_path)
    runs = [made_up.run(f"run-{day}", made_up.START + timedelta(days=day)) for day in (1, 2, 3)]
    for run in runs:
        record_run(store, run)
    assert last_good_run(store, runs[2]) == "run-2"
    set_baseline(store, good_name(runs[2]), "run-1")
    assert last_good_run(store, runs[2]) == "run-1"
    other = runs[2].manifest.model_copy(update={"gpu_names": ("Another GPU",)})
    elsewhere = runs[2].model_copy(update={"manifest": other})
    assert good_name(elsewhere) != good_name(runs[2])
    assert last_good_run(store, elsewhere) is None


def test_a_webhook_that_fails_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("flows.ui.console.stage", lambda stage, text, style: warnings.append(text))
    send(FIRST, {})
    assert warnings == []
    send(FIRST, {WEBHOOK: "http://127.0.0.1:9/"})
    assert warnings == [f"the webhook of {WEBHOOK} failed: ConnectError"]
