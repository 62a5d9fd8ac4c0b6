"""Reads the file that `vllm bench serve --save-result` writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.exchange.foreign_file import count
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.bench_serving import figures_of, load_of
from tasks.exchange.readers.reader import Reader

THROUGHPUTS = {
    "request_throughput": "request_throughput",
    "output_token_throughput": "output_throughput",
    "total_token_throughput": "total_token_throughput",
}
"""Our name of each throughput, and the tool's."""
TIMES = {"ttft": "ttft", "tpot": "tpot", "itl": "itl", "latency": "e2el"}
"""Our name of each time, and the tool's."""


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"model_id", "completed", "total_output_tokens"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    requests, succeeded = count(content, "num_prompts", path), count(content, "completed", path)
    point = ForeignPoint(
        load=load_of(content, requests),
        succeeded=succeeded,
        failed=requests - succeeded,
        figures=figures_of(content, succeeded, THROUGHPUTS, TIMES),
    )
    return ForeignRun(
        tool="vllm",
        version=None,
        model=str(content["model_id"]),
        measured_at=_date(content.get("date")),
        points=(point,),
    )


def _date(text: Any) -> datetime | None:
    """Return the time in a file, which vLLM writes without a zone; it is read as UTC."""
    try:
        return datetime.strptime(str(text), "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


VLLM_BENCH = Reader("vllm", _recognises, _read)
