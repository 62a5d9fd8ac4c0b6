"""Writes a point as the folder of a performance run of MLPerf Endpoints.

By its documented layout: `config.yaml`, here with the model and the load alone, and
`performance/result_summary.json`. JSON is YAML, so both are written as JSON.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from tasks.exchange.readers.mlperf_endpoints import CONFIG, PERCENTILE, SUMMARY
from tasks.exchange.writers.writer import (
    Files,
    Writer,
    check_poisson,
    ended,
    level_of,
    name_of,
    statistics,
    total,
)
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RunRecord
from tasks.stats import PERCENTILE_NEEDS

NANO = 1e9


def _files(run: RunRecord, point: PointResult) -> Files:
    pattern = _load_pattern(point)
    folder = name_of(point)
    config = {"model_params": {"name": run.manifest.model}, "settings": {"load_pattern": pattern}}
    return {f"{folder}/{CONFIG}": config, f"{folder}/{SUMMARY}": _summary(point, pattern)}


def _load_pattern(point: PointResult) -> dict[str, Any]:
    load = point.load
    concurrency, rate = level_of(load, "MLPerf Endpoints")
    if concurrency:
        return {"type": "concurrency", "target_concurrency": concurrency}
    check_poisson(load, "MLPerf Endpoints")
    return {"type": "poisson", "target_qps": rate}


def _summary(point: PointResult, pattern: dict[str, Any]) -> dict[str, Any]:
    duration = point["duration_s"]
    return {
        "version": f"servegauge {version('servegauge')}",
        "git_sha": None,
        "test_started_at": 0,
        "n_samples_issued": ended(point),
        "n_samples_completed": ended(point),
        "n_samples_failed": point.failed,
        "n_samples_succeeded": point.succeeded,
        "duration_ns": None if duration is None else round(duration * NANO),
        "state": "complete",
        "complete": True,
        "ttft": _block(point, "ttft"),
        "tpot": _block(point, "tpot"),
        "latency": _block(point, "latency"),
        "input_sequence_lengths": _lengths(point["input_tokens_mean"], point.succeeded),
        "output_sequence_lengths": _lengths(point["output_tokens_mean"], point.succeeded),
        "legacy_loadgen_window_duration_ns": None,
        "qps": point["request_throughput"],
        "tps": point["output_token_throughput"],
        "run_config": {"load_pattern": pattern},
    }


def _block(point: PointResult, time: str) -> dict[str, Any]:
    """Return the mean and the percentiles of a time in nanoseconds; empty where the point has none."""
    known = {name: value * NANO for name, value in statistics(point, time).items()}
    if "mean" not in known:
        return {}
    percentiles = {
        PERCENTILE.format(percent): known[f"p{percent}"]
        for percent in PERCENTILE_NEEDS
        if f"p{percent}" in known
    }
    return {"avg": known["mean"], "median": known.get("p50"), "percentiles": percentiles}


def _lengths(mean: float | None, succeeded: int) -> dict[str, Any]:
    return {} if mean is None else {"avg": mean, "total": total(mean, succeeded)}


MLPERF_ENDPOINTS = Writer("mlperf", "result_summary.json", _files)
