"""Reads the lines that `python -m sglang.benchmark.serving` appends to its output file, one for each load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.json_file import Fields, count, number
from tasks.exchange.readers.reader import MILLI, Reader, enough_for
from tasks.stats import PERCENTILE_NEEDS

TIMES = {"ttft": "ttft", "tpot": "tpot", "itl": "itl", "latency": "e2e_latency"}
"""Our name of each time, and the tool's."""
UNKNOWN_MODEL = "unknown"
"""Only a server of SGLang tells the tool its model."""
FIELDS = {"mean_e2e_latency_ms", "total_output_tokens_retokenized", "completed"}
FAILURES = "its file does not say how many requests failed"


def _lines(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _recognises(content: Any) -> bool:
    lines = _lines(content)
    return bool(lines) and all(isinstance(line, dict) and line.keys() >= FIELDS for line in lines)


def _read(content: Any, path: Path) -> ForeignRun:
    lines = _lines(content)
    server = lines[0].get("server_info")
    model = server.get("model_path") if isinstance(server, dict) else None
    return ForeignRun(
        tool="sglang",
        version=None,
        model=str(model or UNKNOWN_MODEL),
        measured_at=None,
        points=tuple(_point(line, path) for line in lines),
        notes=(FAILURES,),
    )


def _point(line: Fields, path: Path) -> ForeignPoint:
    succeeded = count(line, "completed", path)
    return ForeignPoint(
        load=_load(line, succeeded), succeeded=succeeded, failed=0, figures=_figures(line, succeeded)
    )


def _load(line: Fields, requests: int) -> Load:
    """Return the load. Without a limit and a finite rate, all requests are sent at once."""
    concurrency, rate = number(line, "max_concurrency"), number(line, "request_rate")
    if concurrency:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if rate:
        return read_load({"rate": rate, "requests": requests})
    return read_load({"burst": requests})


def _figures(line: Fields, succeeded: int) -> dict[str, float | None]:
    figures = {
        "duration_s": number(line, "duration"),
        "request_throughput": number(line, "request_throughput"),
        "input_token_throughput": number(line, "input_throughput"),
        "output_token_throughput": number(line, "output_throughput"),
        "total_token_throughput": number(line, "total_throughput"),
        "input_tokens_mean": _mean(line, "total_input_tokens", succeeded),
        "output_tokens_mean": _mean(line, "total_output_tokens", succeeded),
    }
    for ours, theirs in TIMES.items():
        figures[f"{ours}_mean_s"] = number(line, f"mean_{theirs}_ms", MILLI)
        for percent in PERCENTILE_NEEDS:
            name = f"median_{theirs}_ms" if percent == 50 else f"p{percent}_{theirs}_ms"
            known = enough_for(percent, succeeded)
            figures[f"{ours}_p{percent}_s"] = number(line, name, MILLI) if known else None
    return figures


def _mean(line: Fields, name: str, succeeded: int) -> float | None:
    total = number(line, name)
    return total / succeeded if total is not None and succeeded else None


SGLANG_BENCH = Reader("sglang", _recognises, _read)
