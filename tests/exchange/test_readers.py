"""Results of other load generators, read from files about the same stub.

Each tool wrote its own, but MLPerf Endpoints: that one is made by hand, from the documented layout.
The files of AIPerf and inference-perf are shortened to about the fields that are read.

The stub sent the first token after 50 ms, then one every 10 ms. 12 requests, 4 at a time,
64 tokens in, 16 out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.readers.reader_registry import READERS, read_foreign_run
from tasks.measure.speed.figures.figure_registry import BY_NAME

FILES = Path(__file__).parent.parent / "fixtures" / "exchange"
PATHS = {
    "evalscope": FILES / "evalscope",
    "vllm": FILES / "vllm.json",
    "guidellm": FILES / "guidellm.json",
    "aiperf": FILES / "aiperf",
    "sglang": FILES / "sglang.jsonl",
    "inference-perf": FILES / "inference-perf",
    "mlperf": FILES / "mlperf",
}
SCORES = {"evalscope-eval": FILES / "evalscope-eval"}
"""Scores instead of loads: see readers/test_evalscope_eval.py."""
BUSY = {
    "aiperf": (0.0839, 0.0094, 238.9),
    "sglang": (0.0596, 0.0100, 297.6),
    "inference-perf": (0.0520, 0.0100, 185.9),
}
"""TTFT, TPOT and tokens per second, as the files say, of tools that ran on a busy machine or sent slowly."""
QUIET = (0.052, 0.010, 310)


def _figures(run: ForeignRun) -> dict[str, float | None]:
    return run.points[0].figures


def test_every_reader_has_a_file() -> None:
    assert {reader.tool for reader in READERS} == PATHS.keys() | SCORES.keys()


@pytest.mark.parametrize("tool", PATHS)
def test_the_load_and_the_counts_are_those_that_were_sent(tool: str) -> None:
    run = read_foreign_run(PATHS[tool])
    (point,) = run.points
    assert (run.tool, run.model) == (tool, "unknown" if tool == "sglang" else "stub")
    assert (point.load.label, point.load.requests) == ("c4", 12)
    assert (point.succeeded, point.failed) == (12, 0)


@pytest.mark.parametrize("tool", PATHS)
def test_figures_are_in_our_units(tool: str) -> None:
    figures = _figures(read_foreign_run(PATHS[tool]))
    assert figures.keys() <= BY_NAME.keys()
    ttft, tpot, throughput = BUSY.get(tool, QUIET)
    assert figures["ttft_mean_s"] == pytest.approx(ttft, abs=0.004)
    assert figures["tpot_mean_s"] == pytest.approx(tpot, abs=0.0001)
    assert figures["output_token_throughput"] == pytest.approx(throughput, rel=0.03)
    assert (figures["input_tokens_mean"], figures["output_tokens_mean"]) == (64, 16)


@pytest.mark.parametrize("tool", PATHS)
def test_twelve_requests_have_a_p90_and_no_p95_and_no_p99(tool: str) -> None:
    figures = _figures(read_foreign_run(PATHS[tool]))
    assert figures["ttft_p50_s"] is not None
    assert figures["ttft_p95_s"] is None
    assert figures["ttft_p99_s"] is None


def test_vllm_without_a_limit_sends_a_burst(tmp_path: Path) -> None:
    run = read_foreign_run(_changed(tmp_path, "vllm.json", max_concurrency=None))
    assert run.points[0].load.label == "c12"


def test_vllm_with_a_rate_is_an_open_loop(tmp_path: Path) -> None:
    run = read_foreign_run(_changed(tmp_path, "vllm.json", max_concurrency=None, request_rate=2.5))
    assert run.points[0].load.label == "rate2.5"


def test_vllm_with_bursts_is_no_poisson_load(tmp_path: Path) -> None:
    bursts = {"max_concurrency": None, "request_rate": 2.5, "burstiness": 0.5}
    run = read_foreign_run(_changed(tmp_path, "vllm.json", **bursts))
    assert run.points[0].load.label == "rate2.5burst0.5"


@pytest.mark.parametrize("odd", [None, "12", -1, 1.5, float("nan"), True])
def test_an_odd_count_is_wrong_input(tmp_path: Path, odd: object) -> None:
    with pytest.raises(InputError, match="completed"):
        read_foreign_run(_changed(tmp_path, "vllm.json", completed=odd))


@pytest.mark.parametrize("odd", [None, "fast", float("inf"), []])
def test_an_odd_figure_is_missing(tmp_path: Path, odd: object) -> None:
    figures = _figures(read_foreign_run(_changed(tmp_path, "vllm.json", mean_ttft_ms=odd)))
    assert figures["ttft_mean_s"] is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"benchmarks": []}', "[" * 100_000])
def test_a_file_of_another_form_is_wrong_input(tmp_path: Path, text: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"results\.json"):
        read_foreign_run(file)


def test_a_file_that_does_not_exist_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_foreign_run(tmp_path / "nowhere.json")


def _changed(folder: Path, name: str, **fields: object) -> Path:
    content: dict[str, Any] = json.loads((FILES / name).read_text())
    changed = folder / name
    changed.write_text(json.dumps({**content, **fields}))
    return changed


def test_mlperf_files_that_do_not_say_how_many_succeeded_are_refused(tmp_path: Path) -> None:
    summary = json.loads((FILES / "mlperf/performance/result_summary.json").read_text())
    del summary["n_samples_succeeded"]
    file = tmp_path / "performance" / "result_summary.json"
    file.parent.mkdir()
    (tmp_path / "config.yaml").write_text("model_params: {name: stub}")
    file.write_text(json.dumps(summary))
    assert read_foreign_run(tmp_path).points[0].succeeded == 12
    file.write_text(json.dumps(summary | {"n_samples_failed": 1}))
    with pytest.raises(InputError, match="how many requests succeeded"):
        read_foreign_run(tmp_path)


@pytest.mark.parametrize("config", [None, "", "model_params: {}", "model_params: [", "[]"])
def test_mlperf_without_its_model_is_wrong_input(tmp_path: Path, config: str | None) -> None:
    file = tmp_path / "performance" / "result_summary.json"
    file.parent.mkdir()
    file.write_text((FILES / "mlperf/performance/result_summary.json").read_text())
    if config is not None:
        (tmp_path / "config.yaml").write_text(config)
    with pytest.raises(InputError, match=r"config\.yaml"):
        read_foreign_run(tmp_path)


def test_every_line_of_sglang_is_a_load(tmp_path: Path) -> None:
    line = json.loads(PATHS["sglang"].read_text())
    file = tmp_path / "lines.jsonl"
    other = line | {"max_concurrency": 8, "server_info": {"model_path": "made-up"}}
    file.write_text(f"{json.dumps(other)}\n\n{json.dumps(line)}\n")
    run = read_foreign_run(file)
    assert [point.load.label for point in run.points] == ["c8", "c4"]
    assert run.model == "made-up"
    assert run.notes == ("its file does not say how many requests failed",)


def _aiperf(folder: Path, **fields: object) -> Path:
    content = json.loads((PATHS["aiperf"] / "profile_export_aiperf.json").read_text())
    file = folder / "profile_export_aiperf.json"
    file.write_text(json.dumps(content | fields))
    return file


def test_aiperf_with_a_rate_is_an_open_loop(tmp_path: Path) -> None:
    config = {
        "models": {"items": [{"name": "m"}]},
        "phases": [{"kind": "profiling", "type": "poisson", "rate": 2}],
    }
    file = _aiperf(tmp_path, input_config=config, error_request_count={"unit": "requests", "avg": 3.0})
    (point,) = read_foreign_run(file).points
    assert (point.load.label, point.succeeded, point.failed) == ("rate2", 12, 3)


def test_an_aiperf_run_that_was_cancelled_says_so(tmp_path: Path) -> None:
    assert read_foreign_run(_aiperf(tmp_path, is_complete=False)).notes == (
        "it was cancelled before its end",
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"input_config": {"models": {"items": [{"name": "m"}]}, "phases": []}}, "load of the type None"),
        ({"benchmark_duration": {"unit": "hours", "avg": 1}}, "the unit 'hours' is not known"),
        ({"request_count": {}}, "no count of requests"),
    ],
)
def test_an_odd_file_of_aiperf_is_wrong_input(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_foreign_run(_aiperf(tmp_path, **fields))


@pytest.mark.usefixtures("shanghai")
def test_a_time_without_a_zone_is_of_the_clock_that_the_tool_read(tmp_path: Path) -> None:
    at_noon = datetime(2026, 11, 26, 4, tzinfo=UTC)
    assert read_foreign_run(_changed(tmp_path, "vllm.json", date="20261126-120000")).measured_at == at_noon
    for written in ("2026-11-26T12:00:00", "2026-11-26T12:00:00+08:00", "2026-11-26T04:00:00+00:00"):
        assert read_foreign_run(_aiperf(tmp_path, start_time=written)).measured_at == at_noon


@pytest.mark.parametrize("tool", PATHS)
def test_the_figures_of_a_file_fit_each_other(tool: str) -> None:
    # A figure read in another unit, or of other requests, would not.
    known = {name: value for name, value in _figures(read_foreign_run(PATHS[tool])).items() if value}
    rate, output = known["request_throughput"], known["output_tokens_mean"]
    assert known["output_token_throughput"] == pytest.approx(rate * output, rel=0.05)
    assert known["duration_s"] == pytest.approx(12 / rate, rel=0.05)
    answer_s = known["ttft_mean_s"] + known["tpot_mean_s"] * (output - 1)
    assert known.get("latency_mean_s", answer_s) == pytest.approx(answer_s, rel=0.05)  # none of vLLM's
    if "total_token_throughput" in known:
        tokens = known["input_tokens_mean"] + output
        assert known["total_token_throughput"] == pytest.approx(rate * tokens, rel=0.05)
    for time in ("ttft", "tpot", "latency") if tool != "vllm" else ("ttft", "tpot"):
        assert known[f"{time}_p50_s"] == pytest.approx(known[f"{time}_mean_s"], rel=0.2)
        assert known[f"{time}_p50_s"] <= known.get(f"{time}_p90_s", known[f"{time}_p50_s"])
