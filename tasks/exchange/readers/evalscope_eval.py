"""Reads the reports of scores that `evalscope eval` writes, with the answers where they lie beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from tasks.config.datasets import WHOLE, find_dataset
from tasks.exchange.foreign_file import Fields
from tasks.exchange.foreign_run import ForeignRun, ForeignScores
from tasks.exchange.readers.evalscope_answers import answers
from tasks.exchange.readers.evalscope_report import (
    Part,
    metric_name,
    parts,
    primary_metric,
    requested,
    share,
    wrong,
)
from tasks.exchange.readers.reader import Reader
from tasks.measure.accuracy.intervals import interval
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import OVERALL, Score

ROUNDED = 1e-3
"""A report's score and the mean over the answers beside it may differ by so much: it is rounded."""
NO_FAILURES = "its report does not say how many answers failed"
OTHER_ANSWERS = "{}: the answers beside the report are not those of its score, and are left out"


def _recognises(content: Any) -> bool:
    return isinstance(content, dict) and {"dataset_name", "model_name", "metrics"} <= content.keys()


def _read(content: Any, path: Path) -> ForeignRun:
    metric, asked = primary_metric(content, path), requested(content, path)
    benchmark, notes = str(content["dataset_name"]), [] if asked else [NO_FAILURES]
    accuracy = _accuracy(benchmark, metric, asked, path)
    if accuracy.samples and accuracy.scores[-1].ci_low is None:
        accuracy = accuracy.model_copy(update={"samples": ()})
        notes.append(OTHER_ANSWERS.format(benchmark))
    return ForeignRun(
        tool="evalscope-eval",
        version=None,
        model=str(content["model_name"]),
        measured_at=None,
        points=(),
        notes=tuple(notes),
        accuracy=(accuracy,),
    )


def _accuracy(benchmark: str, metric: Fields, asked: dict[str, tuple[int, int]], path: Path) -> ForeignScores:
    """Return the scores of all subsets, with the score of all of them last."""
    found = tuple(parts(metric, asked, path))
    if not found:
        raise wrong(path, "holds no score")
    rows = _rows(path, found, asked, str(metric["identity"].get("name")))
    if len(found) == 1:
        found, rows = _as_one_set(benchmark, found[0], rows)
    else:
        numbers = sum(part.num for part in found), sum(part.failed for part in found)
        found = (*found, Part(OVERALL, share(metric, path), *numbers))
    name = metric_name(benchmark, metric["identity"])
    scores = tuple(_score(benchmark, name, part, _rows_of(part, rows)) for part in found)
    return ForeignScores(scores=scores, samples=tuple(rows))


def _rows(
    path: Path, found: Sequence[Part], asked: dict[str, tuple[int, int]], metric: str
) -> list[SampleRow]:
    """Return the answers, with each question's position in the whole benchmark.

    None if the files lack them, or if the order of several subsets is not known.
    """
    if len(found) > 1 and not asked:
        return []
    of_subset = {name: answers(path, name, metric) for name in asked or [found[0].subset]}
    repeats = 1 + max((row.repeat for rows in of_subset.values() for row in rows), default=0)
    first, placed = 0, list[SampleRow]()
    for name, rows in of_subset.items():
        placed += [replace(row, question=first + row.question) for row in rows]
        first += asked[name][0] // repeats if asked else 0
    return placed


def _as_one_set(
    benchmark: str, part: Part, rows: list[SampleRow]
) -> tuple[tuple[Part, ...], list[SampleRow]]:
    """Give a benchmark's only subset the name that a run of ours gives it, so that both are compared."""
    dataset = find_dataset(benchmark)
    if dataset is None or len(dataset.hub_subsets) > 1:
        return (part,), rows
    questions = max((row.question + 1 for row in rows), default=part.num)
    is_whole = dataset.subset_of(0, questions) == WHOLE
    named = [replace(row, subset=dataset.subset_of(row.question, questions)) for row in rows]
    return (part._replace(subset=WHOLE if is_whole else OVERALL),), named


def _rows_of(part: Part, rows: Sequence[SampleRow]) -> list[SampleRow]:
    return [row for row in rows if part.subset in (row.subset, OVERALL)]


def _score(benchmark: str, metric: str, part: Part, rows: Sequence[SampleRow]) -> Score:
    """Return a score as the report has it. What only the answers tell is None without all of them."""
    values: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        values[row.question].append(row.value)
    known = bool(rows) and len(rows) == part.num
    known = known and abs(fmean(row.value for row in rows) - part.score) <= ROUNDED
    means, numbers = [fmean(each) for each in values.values()], [len(each) for each in values.values()]
    low, high = interval(means, numbers) if known else (None, None)
    return Score(
        dataset=benchmark,
        subset=part.subset,
        metric=metric,
        questions=len(values) if known else part.num,
        repeats=max(numbers) if known else 1,
        value=part.score,
        ci_low=low,
        ci_high=high,
        failed=part.failed,
        truncated=sum(row.truncated for row in rows) if known else None,
    )


EVALSCOPE_EVAL = Reader("evalscope-eval", _recognises, _read)
