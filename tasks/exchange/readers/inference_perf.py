"""Reads the reports of inference-perf: each stage is a load; `config.yaml` beside them names the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, number, object_in, objects_in, read_settings
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader import Reader, enough_for
from tasks.stats import PERCENTILE_NEEDS

STAGES, SUMMARY, CONFIG = "stage_*_lifecycle_metrics.json", "summary_lifecycle_metrics.json", "config.yaml"
"""The files of the stages, of the whole run, and of its settings."""
TIMES = {
    "ttft": "time_to_first_token",
    "tpot": "time_per_output_token",
    "itl": "inter_token_latency",
    "latency": "request_latency",
}
"""Our name of each time, and the tool's; both in seconds."""
RATES = {
    "request_throughput": "requests_per_sec",
    "input_token_throughput": "input_tokens_per_sec",
    "output_token_throughput": "output_tokens_per_sec",
    "total_token_throughput": "total_tokens_per_sec",
}
ARRIVALS = ("constant", "poisson")
OWN_COUNT = "its own tokenizer counted other output tokens than the server in {} requests"
UNKNOWN_MODEL = "unknown"
"""The settings need not name the model: the tool then asks the server."""


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"load_summary", "successes", "failures"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    config = read_settings(path.with_name(CONFIG), "give the folder of the reports as it was written")
    successes = object_in(content, "successes")
    succeeded, failed = count(successes, "count", path), count(object_in(content, "failures"), "count", path)
    point = ForeignPoint(
        load=_load(content, config, succeeded + failed, path),
        succeeded=succeeded,
        failed=failed,
        figures=_figures(content, successes, succeeded),
    )
    others = number(successes, "token_count_mismatches")
    return ForeignRun(
        tool="inference-perf",
        version=None,
        model=str(object_in(config, "server").get("model_name") or UNKNOWN_MODEL),
        measured_at=None,
        points=(point,),
        notes=(OWN_COUNT.format(int(others)),) if others else (),
    )


def _load(content: Fields, config: Fields, requests: int, path: Path) -> Load:
    """Return the load of a stage; of the summary, that of the only stage in the settings."""
    sent, settings = object_in(content, "load_summary"), object_in(config, "load")
    stages = objects_in(settings, "stages")
    if "requested_rate" not in sent and len(stages) == 1:
        sent = {"concurrency": stages[0].get("concurrency_level"), "requested_rate": stages[0].get("rate")}
    kind = settings.get("type")
    concurrency, rate = number(sent, "concurrency"), number(sent, "requested_rate")
    if concurrency and kind == "concurrent":
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if rate and kind in ARRIVALS:
        return read_load({"rate": rate, "arrival": kind, "requests": requests})
    raise InputError(f"{path}: a load of the type {kind!r} cannot be read", "import stages of a fixed load")


def _figures(content: Fields, successes: Fields, succeeded: int) -> dict[str, float | None]:
    throughput, latency = object_in(successes, "throughput"), object_in(successes, "latency")
    figures = {
        "duration_s": number(content, "benchmark_time_seconds"),
        "input_tokens_mean": number(object_in(successes, "prompt_tokens"), "mean"),
        "output_tokens_mean": number(object_in(successes, "output_len"), "mean"),
        **{ours: number(throughput, theirs) for ours, theirs in RATES.items()},
    }
    for ours, theirs in TIMES.items():
        time = object_in(latency, theirs)
        figures[f"{ours}_mean_s"] = number(time, "mean")
        for percent in PERCENTILE_NEEDS:
            name = "median" if percent == 50 else f"p{percent}"
            figures[f"{ours}_p{percent}_s"] = number(time, name) if enough_for(percent, succeeded) else None
    return figures


INFERENCE_PERF = Reader("inference-perf", _recognises, _read)
