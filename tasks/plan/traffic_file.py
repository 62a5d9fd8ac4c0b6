"""Reads files of lengths and traces: Parquet, JSONL and CSV, with the column names of published data sets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tasks.errors import InputError

Record = Mapping[str, Any]

INPUT = ("input_tokens", "input_length", "Request tokens", "ContextTokens", "prompt_len")
OUTPUT = ("output_tokens", "output_length", "Response tokens", "GeneratedTokens", "output_len")
"""Names of a column: ours, and those of Mooncake, BurstGPT, Azure and vLLM."""


class Lengths(NamedTuple):
    """The lengths of one request in tokens."""

    input_tokens: int
    output_tokens: int


def read_lengths(path: Path) -> tuple[Lengths, ...]:
    """Return the pairs of lengths in a file, in order.

    Raises:
        InputError: the file cannot be read or is empty, or a row lacks a length; the message names the row.
    """
    rows = tuple(lengths_of(record, path, number) for number, record in enumerate(read_records(path), 1))
    if not rows:
        raise InputError(f"{path} holds no rows", f"give it the columns {INPUT[0]} and {OUTPUT[0]}")
    return rows


def lengths_of(record: Record, path: Path, number: int) -> Lengths:
    """Return the two lengths in a row. Raises InputError, which names the row by its number."""
    return Lengths(_tokens(record, INPUT, path, number), _tokens(record, OUTPUT, path, number))


def read_records(path: Path) -> Iterator[Record]:
    """Yield the rows of a file by the end of its name: .parquet, .jsonl or .csv.

    Raises:
        InputError: the file cannot be read, or is not in the format that its name says.
    """
    try:
        if path.suffix == ".parquet":
            path.open("rb").close()  # its error is shorter than pyarrow's
            yield from _parquet_records(path)
            return
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines) if path.suffix == ".csv" else _json_records(lines, path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}", "give the path of a file"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}", "save the file as UTF-8") from error


def column(record: Record, names: Iterable[str]) -> Any:
    """Return the value of the first of these columns that a row has; None if it has none."""
    return next((record[name] for name in names if record.get(name) is not None), None)


def row_error(path: Path, number: int, what: str, remedy: str) -> InputError:
    """Return the error about one row of a file."""
    return InputError(f"{path}: row {number} {what}", remedy)


def _json_records(lines: Iterable[str], path: Path) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise row_error(path, number, f"is no JSON: {error}", "write one JSON object a line") from error
        if not isinstance(record, dict):
            raise row_error(path, number, "is no JSON object", "write one JSON object a line")
        yield record


def _parquet_records(path: Path) -> Iterator[Record]:
    import pyarrow as pa  # takes 0.2 s, and few specs need it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise InputError(f"{path} is no Parquet file: {error}", "write it again") from error


def _tokens(record: Record, names: tuple[str, ...], path: Path, number: int) -> int:
    value = column(record, names)
    if value is None:
        raise row_error(path, number, f"has no {names[0]}", f"name its column one of: {', '.join(names)}")
    try:
        tokens = int(value)
    except (TypeError, ValueError):
        tokens = 0
    if tokens < 1 or tokens != float(value):
        remedy = "give whole numbers from 1 on; remove requests that had no answer"
        raise row_error(path, number, f"has {names[0]} {value!r}", remedy)
    return tokens
