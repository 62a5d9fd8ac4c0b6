"""Reads the file that `vllm bench serve --save-result` writes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.exchange.foreign_file import Fields, count, in_utc
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.bench_serving import figures_of, load_of
from tasks.exchange.readers.reader import Reader

DATE = "%Y%m%d-%H%M%S"
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
    succeeded, failed = count(content, "completed", path), _failed(content, path)
    point = ForeignPoint(
        load=load_of(content, succeeded + failed, path),
        succeeded=succeeded,
        failed=failed,
        figures=figures_of(content, succeeded, THROUGHPUTS, TIMES),
    )
    return ForeignRun(
        tool="vllm",
        version=None,
        model=str(content["model_id"]),
        measured_at=_date(content.get("date")),
        points=(point,),
    )


def _failed(content: Fields, path: Path) -> int:
    """Return how many requests failed; of an older file, how many of those asked for did not complete.

    A dataset may have had fewer questions than were asked for.
    """
    if "failed" in content:
        return count(content, "failed", path)
    return max(0, count(content, "num_prompts", path) - count(content, "completed", path))


def _date(text: Any) -> datetime | None:
    """Return the time in a file, which vLLM writes without a zone, by the clock of its machine."""
    try:
        return in_utc(datetime.strptime(str(text), DATE))
    except (ValueError, OverflowError):  # no time of this machine's calendar
        return None


VLLM_BENCH = Reader("vllm", _recognises, _read)
