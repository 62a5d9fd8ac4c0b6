"""Reads the lines that `python -m sglang.benchmark.serving` appends to its output file, one for each load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, object_in
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
WORK = (
    "backend",
    "dataset_name",
    "sharegpt_output_len",
    "random_input_len",
    "random_output_len",
    "random_range_ratio",
)
"""What a line says about its requests."""
REMEDY = "import the lines of one model at a time"
FAILURES = "its file does not say how many requests failed"


def _lines(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


def _recognises(content: Any) -> bool:
    lines = _lines(content)
    return bool(lines) and all(isinstance(line, dict) and line.keys() >= FIELDS for line in lines)


def _read(content: Any, path: Path) -> ForeignRun:
    lines = _lines(content)
    _check_one_work(lines, path)
    return ForeignRun(
        tool="sglang",
        version=None,
        model=_model(lines, path),
        measured_at=None,
        points=tuple(_point(line, path) for line in lines),
        notes=(FAILURES,),
    )


def _check_one_work(lines: Sequence[Fields], path: Path) -> None:
    """Refuse lines about different requests, which would count as repeats of one load.

    Raises:
        InputError: the lines differ in one of WORK.
    """
    for name in WORK:
        values = list(dict.fromkeys(repr(line.get(name)) for line in lines))
        if len(values) > 1:
            what = f"{path} holds lines with {name} {values[0]} and {values[1]}"
            raise InputError(what, "import the lines of one kind of requests at a time, each as a --sweep")


def _model(lines: Sequence[Fields], path: Path) -> str:
    """Return the model of the lines that name one. Raises InputError if they name several."""
    paths = [object_in(line, "server_info").get("model_path") for line in lines]
    names = list(dict.fromkeys(str(name) for name in paths if name))
    if len(names) > 1:
        raise InputError(f"{path} holds lines about {names[0]} and {names[1]}", REMEDY)
    return names[0] if names else UNKNOWN_MODEL


def _point(line: Fields, path: Path) -> ForeignPoint:
    succeeded = count(line, "completed", path)
    return ForeignPoint(
        load=load_of(line, succeeded, path),
        succeeded=succeeded,
        failed=0,
        figures=figures_of(line, succeeded, THROUGHPUTS, TIMES),
    )


SGLANG_BENCH = Reader("sglang", _recognises, _read)
