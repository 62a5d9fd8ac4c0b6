"""Reads the summary and the percentiles that `evalscope perf` writes for one load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.config.load import Load, read_load
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, number, read_json
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader import MILLI, Reader, check_one_kind, enough_for
from tasks.stats import PERCENTILE_NEEDS

SUMMARY = "benchmark_summary.json"
"""The file to read where a folder is given."""
ARGUMENTS, PERCENTILES = "benchmark_args.json", "benchmark_percentile.json"
TIMES = {"ttft": ("TTFT (ms)", MILLI), "tpot": ("TPOT (ms)", MILLI), "itl": ("ITL (ms)", MILLI)}
LATENCY = ("Latency (s)", 1.0)


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"Test Duration (s)", "Success Requests"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    """Read `benchmark_summary.json`; the two other files lie beside it."""
    arguments = read_json(path.with_name(ARGUMENTS))
    if not isinstance(arguments, dict) or not arguments.get("model"):
        raise InputError(
            f"{path.with_name(ARGUMENTS)} names no model", "give the folder as EvalScope wrote it"
        )
    succeeded = count(content, "Success Requests", path)
    point = ForeignPoint(
        load=_load(content, count(content, "Total Requests", path), path),
        succeeded=succeeded,
        failed=count(content, "Failed Requests", path),
        figures=_figures(content, _percentiles(path), succeeded),
    )
    return ForeignRun(
        tool="evalscope", version=None, model=str(arguments["model"]), measured_at=None, points=(point,)
    )


def _load(content: Fields, requests: int, path: Path) -> Load:
    rate, concurrency = number(content, "Request Rate (req/s)") or 0.0, number(content, "Concurrency") or 0.0
    if rate > 0:  # a closed loop may be paced too
        check_one_kind(concurrency if concurrency >= 1 else None, rate, path)
        return read_load({"rate": rate, "requests": requests})
    if concurrency >= 1:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    raise InputError(f"{path} names no concurrency and no rate", "give the file as EvalScope wrote it")


def _percentiles(path: Path) -> dict[str, Fields]:
    """Return the rows of the percentiles by their names, such as `99%`; none if the file is missing."""
    file = path.with_name(PERCENTILES)
    rows = read_json(file) if file.is_file() else []
    entries = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("Percentiles")): row for row in entries}


def _figures(content: Fields, percentiles: dict[str, Fields], succeeded: int) -> dict[str, float | None]:
    figures = {
        "duration_s": number(content, "Test Duration (s)"),
        "request_throughput": number(content, "Req Throughput (req/s)"),
        "output_token_throughput": number(content, "Output Throughput (tok/s)"),
        "total_token_throughput": number(content, "Total Throughput (tok/s)"),
        "input_tokens_mean": number(content, "Avg Input Tokens"),
        "output_tokens_mean": number(content, "Avg Output Tokens"),
    }
    for ours, (theirs, scale) in {**TIMES, "latency": LATENCY}.items():
        figures[f"{ours}_mean_s"] = number(content, f"Avg {theirs}", scale)
        for percent in PERCENTILE_NEEDS:
            row = percentiles.get(f"{percent}%", {}) if enough_for(percent, succeeded) else {}
            figures[f"{ours}_p{percent}_s"] = number(row, theirs, scale)
    return figures


EVALSCOPE_PERF = Reader("evalscope", _recognises, _read)
