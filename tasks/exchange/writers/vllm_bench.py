"""Writes a point as `vllm bench serve --save-result` does."""

from __future__ import annotations

from typing import Any

from tasks.config.load import Load
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.exchange.readers.vllm_bench import DATE
from tasks.exchange.writers.writer import (
    TIMES,
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

FORM = "vllm bench serve"
NAMES = {"latency": "e2el", "p50": "median"}
"""The tool's word for a time or a statistic, where it differs from ours."""


def _files(run: RunRecord, point: PointResult) -> Files:
    concurrency, rate = level_of(point.load, FORM)
    content: dict[str, Any] = {
        "date": run.started_at.astimezone().strftime(DATE),
        "backend": "openai",
        "model_id": run.manifest.model,
        "tokenizer_id": run.manifest.tokenizer or run.manifest.model,
        "num_prompts": ended(point),
        "request_rate": "inf" if rate is None else rate,
        "burstiness": _burstiness(point.load),
        "max_concurrency": concurrency,
        "duration": point["duration_s"],
        "completed": point.succeeded,
        "failed": point.failed,
        "total_input_tokens": total(point["input_tokens_mean"], point.succeeded),
        "total_output_tokens": total(point["output_tokens_mean"], point.succeeded),
        "request_throughput": point["request_throughput"],
        "request_goodput": point["goodput"],
        "output_throughput": point["output_token_throughput"],
        "total_token_throughput": point["total_token_throughput"],
    }
    for time in TIMES:
        for statistic, value in statistics(point, time).items():
            name = f"{NAMES.get(statistic, statistic)}_{NAMES.get(time, time)}_ms"
            content[name] = value * 1000
    return {f"{name_of(point)}.json": content}


def _burstiness(load: Load) -> float:
    """Return 1 for Poisson arrivals, and for a closed loop, which has none.

    Raises:
        InputError: the gaps are equal: an infinite burstiness, which JSON cannot say.
    """
    if isinstance(load, OpenLoop) and load.burstiness:
        return load.burstiness
    check_poisson(load, FORM)
    return 1.0


VLLM_BENCH = Writer("vllm", ".json", _files)
