"""Reads the answers of a run for people to read: long texts are cut, so that a page can hold them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from tasks.record.results import RecordedAccuracy
from tasks.record.store import Query, Store

TEXTS = ("prompt", "reasoning", "response", "target", "answer", "second_answer", "error")
"""The columns of `samples` that may be long."""
MOST_CHARACTERS = 16_000_000
"""Characters of all texts together, so that a browser opens the page within seconds."""
MOST_SAMPLES = 10_000
_LENGTH = "length of "
_KEY = ("dataset", "subset", "question", "repeat")


class ReadSample(NamedTuple):
    """A row of `samples` with its texts cut to `limit` characters, and their whole lengths by column."""

    row: dict[str, Any]
    lengths: dict[str, int]
    limit: int


class ReadSamples(NamedTuple):
    """The answers of a run by question set, question and repeat; `recorded`: how many there are."""

    samples: tuple[ReadSample, ...]
    recorded: int


def count_samples(store: Store, accuracy: Sequence[RecordedAccuracy]) -> int:
    """Return how many answers the question sets of a run have. Raises RecordError."""
    sets = _sets_by_run(accuracy)
    return sum(store.read("samples", run_id, _questions(names)).height for run_id, names in sets.items())


def read_samples(
    store: Store,
    accuracy: Sequence[RecordedAccuracy],
    most_characters: int = MOST_CHARACTERS,
    most_samples: int = MOST_SAMPLES,
) -> ReadSamples:
    """Return the answers of a run's question sets from the runs that measured them.

    Where there are more than `most_samples`, those that are right, undisputed and whole are left out first.
    Where the texts are longer together than `most_characters`, the longest lose their middles.

    Raises:
        RecordError: the table of samples cannot be read.
    """
    sets = _sets_by_run(accuracy)
    lengths = [store.read("samples", run_id, _lengths(names)) for run_id, names in sets.items()]
    if not lengths:
        return ReadSamples((), 0)
    known = pl.concat(lengths)
    # a stable sort: the answers to look at come first, each group in its order
    kept = known.sort("unremarkable", *_KEY, maintain_order=True).head(most_samples)
    limit = text_limit([value for text in TEXTS for value in kept[_LENGTH + text]], most_characters)
    found = []
    for run_id, names in sets.items():
        wanted = kept.select("run_id", *_KEY)
        cut = store.read("samples", run_id, _cut(names, limit)).join(wanted, on=("run_id", *_KEY), how="semi")
        found += [_read(row, limit) for row in cut.iter_rows(named=True)]
    order = {name: number for number, name in enumerate(_names(accuracy))}
    found.sort(
        key=lambda sample: (order[sample.row["dataset"]], sample.row["question"], sample.row["repeat"])
    )
    return ReadSamples(tuple(found), known.height)


def text_limit(lengths: Sequence[int], total: int) -> int:
    """Return the most characters that each text may have, so that all together have at most `total`."""
    left, texts = total, len(lengths)
    for length in sorted(lengths):
        if length * texts > left:
            return left // texts
        left, texts = left - length, texts - 1
    return max(lengths, default=0)


def _names(accuracy: Sequence[RecordedAccuracy]) -> list[str]:
    return [question_set.scores[0].dataset for question_set in accuracy if question_set.scores]


def _sets_by_run(accuracy: Sequence[RecordedAccuracy]) -> dict[str, list[str]]:
    """Return the names of the question sets that each run has measured."""
    sets: dict[str, list[str]] = {}
    for question_set in accuracy:
        if question_set.scores:
            sets.setdefault(question_set.run_id, []).append(question_set.scores[0].dataset)
    return sets


def _of(rows: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    return rows.filter(pl.col("dataset").is_in(names))


def _questions(names: Sequence[str]) -> Query:
    return lambda rows: _of(rows, names).select("question")


def _lengths(names: Sequence[str]) -> Query:
    unremarkable = (
        pl.col("correct")
        & pl.col("error").is_null()
        & (pl.col("finish_reason").fill_null("") != "length")
        & (pl.col("second_correct").fill_null(True))
    )
    columns = [pl.col(text).str.len_chars().fill_null(0).alias(_LENGTH + text) for text in TEXTS]
    return lambda rows: _of(rows, names).select("run_id", *_KEY, unremarkable.alias("unremarkable"), *columns)


def _cut(names: Sequence[str], limit: int) -> Query:
    half = limit // 2
    columns = []
    for text in TEXTS:
        column = pl.col(text)
        shorter = pl.concat_str(column.str.head(half), column.str.tail(half))
        columns += [
            pl.when(column.str.len_chars() > limit).then(shorter).otherwise(column).alias(text),
            column.str.len_chars().fill_null(0).alias(_LENGTH + text),
        ]
    return lambda rows: _of(rows, names).with_columns(columns)


def _read(row: dict[str, Any], limit: int) -> ReadSample:
    lengths = {text: row.pop(_LENGTH + text) for text in TEXTS}
    return ReadSample(row, lengths, limit)
