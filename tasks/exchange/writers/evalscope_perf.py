"""Writes a point as the folder that `evalscope perf` writes for one load."""

from __future__ import annotations

from typing import Any

from tasks.exchange.readers.evalscope_perf import ARGUMENTS, LATENCY, PERCENTILES, SUMMARY
from tasks.exchange.readers.evalscope_perf import TIMES as SHORT_TIMES
from tasks.exchange.writers.writer import Files, Writer, check_poisson, ended, level_of, statistics
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RunRecord
from tasks.stats import PERCENTILE_NEEDS

TIMES = {**SHORT_TIMES, "latency": LATENCY}
FORM = "evalscope perf"
NONE = -1
"""Stands for the rate of a closed loop and the concurrency of an open one."""


def _files(run: RunRecord, point: PointResult) -> Files:
    concurrency, rate = level_of(point.load, FORM)
    check_poisson(point.load, FORM)
    level = f"parallel_{concurrency}" if concurrency else point.load.label.replace("rate", "rate_")
    folder = f"{point.sweep}-{point.repeat}/{level}_number_{point.requests}"
    arguments = {
        "model": run.manifest.model,
        "model_id": run.manifest.model.rstrip("/").rpartition("/")[2],
        "api": "openai",
        "number": ended(point),
        "parallel": concurrency or NONE,
        "rate": rate or NONE,
        "stream": True,
    }
    return {
        f"{folder}/{SUMMARY}": _summary(point, concurrency, rate),
        f"{folder}/{PERCENTILES}": _percentiles(point),
        f"{folder}/{ARGUMENTS}": arguments,
    }


def _summary(point: PointResult, concurrency: int | None, rate: float | None) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "Test Duration (s)": point["duration_s"],
        "Concurrency": concurrency or NONE,
        "Request Rate (req/s)": rate or NONE,
        "Total Requests": ended(point),
        "Success Requests": point.succeeded,
        "Failed Requests": point.failed,
        "Req Throughput (req/s)": point["request_throughput"],
        "Output Throughput (tok/s)": point["output_token_throughput"],
        "Total Throughput (tok/s)": point["total_token_throughput"],
        "Input Throughput (tok/s)": point["input_token_throughput"],
        "Avg Input Tokens": point["input_tokens_mean"],
        "Avg Output Tokens": point["output_tokens_mean"],
    }
    for time, (name, scale) in TIMES.items():
        mean = statistics(point, time).get("mean")
        summary[f"Avg {name}"] = None if mean is None else mean / scale
    return {name: value for name, value in summary.items() if value is not None}


def _percentiles(point: PointResult) -> list[dict[str, Any]]:
    rows = []
    for percent in PERCENTILE_NEEDS:
        row: dict[str, Any] = {"Percentiles": f"{percent}%"}
        for time, (name, scale) in TIMES.items():
            value = statistics(point, time).get(f"p{percent}")
            if value is not None:
                row[name] = value / scale
        rows.append(row)
    return rows


EVALSCOPE_PERF = Writer("evalscope", SUMMARY, _files)
