"""Figures that a tool did not measure are missing, whatever number stands for them in its file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS

SUMMARY, PERCENTILES = "benchmark_summary.json", "benchmark_percentile.json"


def evalscope(folder: Path, **fields: Any) -> dict[str, float | None]:
    """The figures in a copy of EvalScope's folder with other fields, also in each row of percentiles."""
    copy = shutil.copytree(PATHS["evalscope"], folder / "load")
    summary = json.loads((copy / SUMMARY).read_text())
    rows = json.loads((copy / PERCENTILES).read_text())
    of_rows = {name.removeprefix("Avg "): value for name, value in fields.items()}
    (copy / SUMMARY).write_text(json.dumps(summary | fields))
    changed = [row | {name: value for name, value in of_rows.items() if name in row} for row in rows]
    (copy / PERCENTILES).write_text(json.dumps(changed))
    return read_foreign_run(copy).points[0].figures


def vllm(folder: Path, **fields: object) -> dict[str, float | None]:
    """The figures in a copy of vLLM's file with other fields."""
    file = folder / "vllm.json"
    file.write_text(json.dumps(json.loads(PATHS["vllm"].read_text()) | fields))
    return read_foreign_run(file).points[0].figures


def times(figures: dict[str, float | None], time: str) -> set[float | None]:
    """All statistics of a time."""
    return {value for name, value in figures.items() if name.startswith(f"{time}_")}


@pytest.mark.parametrize("stand_in", [-1, -1000.0, 0, 0.0])
def test_zero_and_minus_one_stand_for_no_figure(tmp_path: Path, stand_in: float) -> None:
    fields = {f"Avg {name}": stand_in for name in ("TTFT (ms)", "TPOT (ms)", "ITL (ms)", "Latency (s)")}
    fields |= {"Req Throughput (req/s)": stand_in, "Output Throughput (tok/s)": stand_in}
    figures = evalscope(tmp_path, **fields)
    for time in ("ttft", "tpot", "itl", "latency"):
        assert times(figures, time) == {None}
    assert (figures["request_throughput"], figures["output_token_throughput"]) == (None, None)
    assert figures["total_token_throughput"] is not None


def test_answers_of_one_token_have_a_ttft_and_no_tpot(tmp_path: Path) -> None:
    zeros = {f"{statistic}_{time}_ms": 0.0 for statistic in ("mean", "median") for time in ("tpot", "itl")}
    figures = vllm(tmp_path, **zeros, total_output_tokens=12)
    assert figures["ttft_mean_s"] == pytest.approx(0.0539, abs=1e-4)
    assert times(figures, "tpot") == times(figures, "itl") == {None}


def test_answers_that_were_not_streamed_have_no_ttft(tmp_path: Path) -> None:
    # EvalScope and SGLang then write the latency as TTFT, and a TPOT of 0.
    figures = evalscope(tmp_path, **{"Avg TTFT (ms)": 204.7, "Avg TPOT (ms)": 0.0, "Avg ITL (ms)": 0.0})
    for time in ("ttft", "tpot", "itl"):
        assert times(figures, time) == {None}
    assert figures["latency_mean_s"] == 0.2047
