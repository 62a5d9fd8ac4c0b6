"""Reads the lines that `python -m sglang.benchmark.serving` appends to its output file, one for each load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.exchange.foreign_file import Fields, count
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.bench_serving import figures_of, load_of
from tasks.exchange.readers.reader import Reader

THROUGHPUTS = {
    "request_throughput": "request_throughput",
    "input_token_throughput": "input_throughput",
    "output_token_throughput": "output_throughput",
    "total_token_throughput": "total_throughput",
}
"""Our name of each throughput, and the tool's."""
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
        load=load_of(line, succeeded),
        succeeded=succeeded,
        failed=0,
        figures=figures_of(line, succeeded, THROUGHPUTS, TIMES),
    )


SGLANG_BENCH = Reader("sglang", _recognises, _read)
