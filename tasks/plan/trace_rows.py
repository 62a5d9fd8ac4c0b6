"""Reads a trace: when each request is due, its lengths, and the blocks that its prompt shares with others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil, isfinite
from pathlib import Path
from typing import Any, NamedTuple

from tasks.config.load_kinds.trace import Trace
from tasks.errors import InputError
from tasks.plan.planned_request import Shared
from tasks.plan.traffic_file import Record, column, lengths_of, read_records, row_error

TIMES = ("timestamp", "Timestamp", "TIMESTAMP")
HASH_IDS = "hash_ids"
MOST_SPARE_IDS = 1
"""A row's last block may have begun without a token of the prompt."""


class TraceRow(NamedTuple):
    """One request of a trace; `due_s` counts from the first one, at the replay's speed."""

    due_s: float
    input_tokens: int
    output_tokens: int
    shared: Shared


def with_requests(trace: Trace) -> Trace:
    """Return the trace with the number of requests that it sends. Raises InputError: it cannot be read."""
    return trace.model_copy(update={"requests": len(read_trace(trace))})


def read_trace(trace: Trace) -> tuple[TraceRow, ...]:
    """Return the requests of a trace in order of time, at most `trace.requests` where that is not 0.

    Raises:
        InputError: the file cannot be read, or a row lacks a time or a length; the message names the row.
    """
    path = Path(trace.trace)
    in_ms = (trace.timestamps or _usual_unit(path)) == "ms"
    guessed = in_ms and trace.timestamps is None
    rows = _rows_of_file(path, 0.001 if in_ms else 1.0, guessed, trace.block_tokens)[: trace.requests or None]
    start = rows[0].due_s
    return tuple(row._replace(due_s=(row.due_s - start) / trace.speed) for row in rows)


@lru_cache(maxsize=1)  # a plan asks for the number of rows first, and for the rows later
def _rows_of_file(path: Path, unit_s: float, guessed: bool, block_tokens: int) -> tuple[TraceRow, ...]:
    """Return all rows of a file in order of time, as recorded."""
    rows = sorted(_rows(path, unit_s, guessed, block_tokens), key=lambda row: row.due_s)
    if not rows:
        raise InputError(f"{path} holds no rows", "give a time and two lengths in each row")
    return tuple(rows)


def _rows(path: Path, unit_s: float, guessed: bool, block_tokens: int) -> Iterator[TraceRow]:
    for number, record in enumerate(read_records(path), 1):
        if guessed:
            _check_unit(record, path, number)
        lengths = lengths_of(record, path, number)
        shared = _shared(record, lengths.input_tokens, block_tokens, path, number)
        yield TraceRow(_seconds(record, unit_s, path, number), *lengths, shared)


def _usual_unit(path: Path) -> str:
    return "ms" if path.suffix == ".jsonl" else "s"


def _check_unit(record: Record, path: Path, number: int) -> None:
    """Refuse a time that is no whole number of ms: it is one of seconds, which would be replayed in a 1000th.

    Raises:
        InputError: the row has such a time; the message names the row.
    """
    value: Any = column(record, TIMES)
    if isinstance(value, float) and not value.is_integer():
        what = f"has {TIMES[0]} {value!r}, which may be seconds or milliseconds"
        raise row_error(path, number, what, "give the load `timestamps: s` or `timestamps: ms`")


def _seconds(record: Record, unit_s: float, path: Path, number: int) -> float:
    """Return a row's time in seconds: a number in its unit, or a date and time (Azure), in UTC by default."""
    value: Any = column(record, TIMES)
    try:
        seconds = float(value) * unit_s
    except (TypeError, ValueError):
        seconds = _seconds_of_date(value)
    if not isfinite(seconds):
        raise row_error(path, number, f"has {TIMES[0]} {value!r}", "give a number, or a date and time")
    return seconds


def _seconds_of_date(value: Any) -> float:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _shared(record: Record, input_tokens: int, block_tokens: int, path: Path, number: int) -> Shared:
    """Return the row's blocks: one for each hash id; the last one has what is left of the prompt."""
    shared: list[tuple[int, int]] = []
    left = input_tokens
    hash_ids = record.get(HASH_IDS) or ()
    if not isinstance(hash_ids, list | tuple) or not all(type(name) is int for name in hash_ids):
        raise row_error(path, number, f"has {HASH_IDS} {hash_ids!r}", "give a list of whole numbers")
    if len(hash_ids) > MOST_SPARE_IDS + ceil(input_tokens / block_tokens):
        what = f"has {len(hash_ids)} {HASH_IDS} for {input_tokens} tokens, too many for {block_tokens} each"
        raise row_error(path, number, what, "give the load the tokens of a block, as `block_tokens: 16`")
    for name in hash_ids:
        if left <= 0:
            break
        shared.append((name, min(block_tokens, left)))
        left -= block_tokens
    return tuple(shared)
