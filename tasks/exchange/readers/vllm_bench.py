"""Reads the file that `vllm bench serve --save-result` writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.json_file import Fields, count, number
from tasks.exchange.readers.reader import MILLI, Reader, enough_for
from tasks.stats import PERCENTILE_NEEDS

TIMES = {"ttft": "ttft", "tpot": "tpot", "itl": "itl", "latency": "e2el"}
"""Our name of each time, and the tool's."""


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"model_id", "completed", "total_output_tokens"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    requests, succeeded = count(content, "num_prompts", path), count(content, "completed", path)
    point = ForeignPoint(
        load=_load(content, requests),
        succeeded=succeeded,
        failed=requests - succeeded,
        figures=_figures(content, succeeded),
    )
    return ForeignRun(
        tool="vllm",
        version=None,
        model=str(content["model_id"]),
        measured_at=_date(content.get("date")),
        points=(point,),
    )


def _load(content: Fields, requests: int) -> Load:
    """Return the load. Without a limit and a finite rate, all requests are sent at once."""
    concurrency, rate = number(content, "max_concurrency"), number(content, "request_rate")
    if concurrency:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if rate:
        return read_load({"rate": rate, "requests": requests})
    return read_load({"burst": requests})


def _figures(content: Fields, succeeded: int) -> dict[str, float | None]:
    figures = {
        "duration_s": number(content, "duration"),
        "request_throughput": number(content, "request_throughput"),
        "output_token_throughput": number(content, "output_throughput"),
        "total_token_throughput": number(content, "total_token_throughput"),
        "input_tokens_mean": _mean(content, "total_input_tokens", succeeded),
        "output_tokens_mean": _mean(content, "total_output_tokens", succeeded),
    }
    for ours, theirs in TIMES.items():
        figures[f"{ours}_mean_s"] = number(content, f"mean_{theirs}_ms", MILLI)
        for percent in PERCENTILE_NEEDS:
            name = f"median_{theirs}_ms" if percent == 50 else f"p{percent}_{theirs}_ms"
            known = enough_for(percent, succeeded)
            figures[f"{ours}_p{percent}_s"] = number(content, name, MILLI) if known else None
    return figures


def _mean(content: Fields, name: str, succeeded: int) -> float | None:
    total = number(content, name)
    return total / succeeded if total is not None and succeeded else None


def _date(text: Any) -> datetime | None:
    """Return the time in a file, which vLLM writes without a zone; it is read as UTC."""
    try:
        return datetime.strptime(str(text), "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


VLLM_BENCH = Reader("vllm", _recognises, _read)
