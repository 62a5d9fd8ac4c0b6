"""Reads the JSON file that `guidellm run --output kind=json` writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, number, object_in
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader import MILLI, Reader, check_no_ramp, enough_for
from tasks.stats import PERCENTILE_NEEDS

RATES = {
    "request_throughput": "requests_per_second",
    "input_token_throughput": "prompt_tokens_per_second",
    "output_token_throughput": "output_tokens_per_second",
    "total_token_throughput": "tokens_per_second",
    "input_tokens_mean": "prompt_token_count",
    "output_tokens_mean": "output_token_count",
}
TIMES = {
    "ttft": ("time_to_first_token_ms", MILLI),
    "tpot": ("inter_token_latency_ms", MILLI),
    "latency": ("request_latency", 1.0),
}
"""Our name of each time, the tool's, and its unit in s. `time_per_output_token_ms` is another figure."""
ARRIVALS = ("constant", "poisson")


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("benchmarks"), list) and "metadata" in content


def _read(content: Any, path: Path) -> ForeignRun:
    benchmarks = [entry for entry in content["benchmarks"] if isinstance(entry, dict)]
    if not benchmarks:
        raise InputError(f"{path} holds no benchmark", "give the file as GuideLLM wrote it")
    model = _field(content, "config", "spec", "backend", "model")
    if not model:
        raise InputError(f"{path} names no model", "give the file as GuideLLM wrote it")
    return ForeignRun(
        tool="guidellm",
        version=_field(content, "metadata", "guidellm_version"),
        model=str(model),
        measured_at=_started_at(benchmarks[0]),
        points=tuple(_point(benchmark, path) for benchmark in benchmarks),
    )


def _point(benchmark: Fields, path: Path) -> ForeignPoint:
    totals = object_in(object_in(benchmark, "metrics"), "request_totals")
    succeeded, failed = count(totals, "successful", path), count(totals, "errored", path)
    return ForeignPoint(
        load=_load(benchmark, succeeded + failed, path),
        succeeded=succeeded,
        failed=failed,
        figures=_figures(benchmark, succeeded),
    )


def _load(benchmark: Fields, requests: int, path: Path) -> Load:
    strategy = object_in(object_in(benchmark, "config"), "strategy")
    kind, rate = strategy.get("type_"), number(strategy, "rate")
    streams = 1 if kind == "synchronous" else number(strategy, "streams")
    if streams:
        return read_load({"concurrency": int(streams), "requests": requests})
    if rate and kind in ARRIVALS:
        check_no_ramp(number(strategy, "rampup_duration"), path)
        return read_load({"rate": rate, "arrival": kind, "requests": requests})
    raise InputError(
        f"{path}: the strategy {kind!r} has no fixed concurrency and no fixed rate",
        "import runs of fixed loads alone",
    )


def _started_at(benchmark: Fields) -> datetime | None:
    started = number(benchmark, "start_time")
    try:
        return datetime.fromtimestamp(started, UTC) if started else None
    except (OverflowError, OSError, ValueError):  # no time of this machine's calendar
        return None


def _figures(benchmark: Fields, succeeded: int) -> dict[str, float | None]:
    figures: dict[str, float | None] = {"duration_s": number(benchmark, "duration")}
    for ours, theirs in RATES.items():
        figures[ours] = number(_successful(benchmark, theirs), "mean")
    for ours, (theirs, scale) in TIMES.items():
        summary = _successful(benchmark, theirs)
        figures[f"{ours}_mean_s"] = number(summary, "mean", scale)
        percentiles = object_in(summary, "percentiles")
        for percent in PERCENTILE_NEEDS:
            known = percentiles if enough_for(percent, succeeded) else {}
            figures[f"{ours}_p{percent}_s"] = number(known, f"p{percent}", scale)
    return figures


def _successful(benchmark: Fields, metric: str) -> Fields:
    """Return the summary of a metric over the requests that succeeded; empty if the file has none."""
    summary = _field(benchmark, "metrics", metric, "successful")
    return summary if isinstance(summary, dict) else {}


def _field(content: Any, *names: str) -> Any:
    """Return a field of nested objects; None if one of them is missing or is no object."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


GUIDELLM = Reader("guidellm", _recognises, _read)
