"""Reads the file `profile_export_aiperf.json` that `aiperf profile` writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, in_utc, number, object_in, objects_in
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader import Reader, enough_for
from tasks.stats import PERCENTILE_NEEDS

SUMMARY = "profile_export_aiperf.json"
"""The file to read where a folder is given."""
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "sec": 1.0, "s": 1.0}
TIMES = {
    "ttft": "time_to_first_token",
    "tpot": "inter_token_latency",
    "itl": "inter_chunk_latency",
    "latency": "request_latency",
}
"""Our name of each time, and the tool's: its inter-token latency is a mean of each request."""
RATES = {
    "request_throughput": "request_throughput",
    "output_token_throughput": "output_token_throughput",
    "total_token_throughput": "total_token_throughput",
    "input_tokens_mean": "input_sequence_length",
    "output_tokens_mean": "output_sequence_length",
}


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"aiperf_version", "request_count", "input_config"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    succeeded, failed = _count(content, "request_count"), _count(content, "error_request_count")
    if succeeded is None:
        raise InputError(f"{path} names no count of requests", "give the file as AIPerf wrote it")
    point = ForeignPoint(
        load=_load(content, succeeded + (failed or 0), path),
        succeeded=succeeded,
        failed=failed or 0,
        figures=_figures(content, succeeded, path),
    )
    return ForeignRun(
        tool="aiperf",
        version=str(content["aiperf_version"]),
        model=_model(content, path),
        measured_at=_date(content.get("start_time")),
        points=(point,),
        notes=() if content.get("is_complete", True) else ("it was cancelled before its end",),
    )


def _count(content: Fields, name: str) -> int | None:
    value = number(_metric(content, name), "avg")
    return None if value is None else int(value)


def _metric(content: Fields, name: str) -> Fields:
    metric = content.get(name)
    return metric if isinstance(metric, dict) else {}


def _load(content: Fields, requests: int, path: Path) -> Load:
    phases = _config(content).get("phases")
    measured = [
        phase
        for phase in (phases if isinstance(phases, list) else [])
        if isinstance(phase, dict) and phase.get("kind") == "profiling"
    ]
    phase: Fields = measured[0] if len(measured) == 1 else {}
    kind, concurrency, rate = phase.get("type"), number(phase, "concurrency"), number(phase, "rate")
    if kind == "concurrency" and concurrency:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if kind in ("poisson", "constant") and rate and not concurrency:
        return read_load({"rate": rate, "arrival": kind, "requests": requests})
    raise InputError(f"{path}: a load of the type {kind!r} cannot be read", "import runs of one fixed load")


def _config(content: Fields) -> Fields:
    config = content.get("input_config")
    return config if isinstance(config, dict) else {}


def _model(content: Fields, path: Path) -> str:
    items = objects_in(object_in(_config(content), "models"), "items")
    names = [item.get("name") for item in items]
    if len(names) == 1 and names[0]:
        return str(names[0])
    raise InputError(f"{path} does not name one model", "import runs of one model")


def _figures(content: Fields, succeeded: int, path: Path) -> dict[str, float | None]:
    figures: dict[str, float | None] = {
        "duration_s": _in_seconds(_metric(content, "benchmark_duration"), "avg", path)
    }
    for ours, theirs in RATES.items():
        figures[ours] = number(_metric(content, theirs), "avg")
    for ours, theirs in TIMES.items():
        metric = _metric(content, theirs)
        figures[f"{ours}_mean_s"] = _in_seconds(metric, "avg", path)
        for percent in PERCENTILE_NEEDS:
            known = metric if enough_for(percent, succeeded) else {}
            figures[f"{ours}_p{percent}_s"] = _in_seconds(known, f"p{percent}", path)
    return figures


def _in_seconds(metric: Fields, name: str, path: Path) -> float | None:
    """Return a time in seconds. Raises InputError for a unit that is not known."""
    if not metric:
        return None
    unit = metric.get("unit")
    if not isinstance(unit, str) or unit not in UNITS:
        raise InputError(
            f"{path}: the unit {unit!r} is not known", "tell us which version of AIPerf wrote it"
        )
    return number(metric, name, UNITS[unit])


def _date(text: Any) -> datetime | None:
    """Return the start, which AIPerf writes without a zone, by the clock of its machine."""
    try:
        return in_utc(datetime.fromisoformat(str(text)))
    except (ValueError, OverflowError):  # no time of this machine's calendar
        return None


AIPERF = Reader("aiperf", _recognises, _read)
