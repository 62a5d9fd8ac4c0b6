"""The scores in a report of `evalscope eval`, and how many answers are behind each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tasks.config.datasets import find_dataset
from tasks.errors import InputError
from tasks.exchange.foreign_file import Fields, count, number, object_in, objects_in

SCHEMA = 2
"""The form of a report that is read, which EvalScope calls its `schema_version`."""


class Part(NamedTuple):
    """The score of a subset. `num`: the answers that count. `failed`: those that do not."""

    subset: str
    score: float
    num: int
    failed: int


def primary_metric(content: Fields, path: Path) -> Fields:
    """Return the metric that carries the benchmark's score; the report's others are not read.

    Raises:
        InputError: the report has another form, names no such metric, or one of which less is better.
    """
    if content.get("schema_version") != SCHEMA:
        raise InputError(
            f"{path} has form {content.get('schema_version')} of EvalScope's reports, and {SCHEMA} is read",
            "score the answers again with EvalScope 1.14 or later",
        )
    if not objects_in(content, "metrics"):
        raise wrong(path, "holds no score: no answer was judged")
    identity = object_in(content, "primary_metric_identity")
    metrics = [metric for metric in objects_in(content, "metrics") if metric.get("identity") == identity]
    if not identity or not metrics:
        raise wrong(path, "names no main score")
    if object_in(metrics[0], "semantics").get("direction") == "lower_is_better":
        raise wrong(path, "has a score of which less is better")
    return metrics[0]


def metric_name(benchmark: str, identity: Fields) -> str:
    """Return the name that a run of ours gives the score; of another aggregation, EvalScope's two names."""
    dataset, name, aggregation = find_dataset(benchmark), identity.get("name"), identity.get("aggregation")
    if aggregation in ("mean", "weighted_mean"):
        return dataset.metric if dataset else str(name)
    return f"{name} {aggregation}"


def requested(content: Fields, path: Path) -> dict[str, tuple[int, int]]:
    """Return the answers that were requested of each subset, and those that count.

    In the order of the benchmark; empty if the report does not say.
    """
    subsets = object_in(object_in(content, "execution_summary"), "subsets")
    return {
        name: (count(counts, "requested", path), count(counts, "succeeded", path))
        for name, counts in subsets.items()
        if isinstance(counts, dict)
    }


def parts(metric: Fields, asked: dict[str, tuple[int, int]], path: Path) -> Iterator[Part]:
    """Yield the score of each subset; a subset that only sums up others is none.

    Raises:
        InputError: a score is not between 0 and 1, or a count is odd.
    """
    for category in objects_in(metric, "categories"):
        for subset in objects_in(category, "subsets"):
            if not subset.get("is_aggregate"):
                name = str(subset.get("name"))
                wanted, got = asked.get(name, (0, 0))
                yield Part(name, share(subset, path), count(subset, "num", path), wanted - got)


def share(fields: Fields, path: Path) -> float:
    """Return a score from 0 to 1. Raises InputError for any other."""
    value = number(fields, "score")
    if value is None or not 0 <= value <= 1:
        raise wrong(path, f"has a score that is not between 0 and 1: {fields.get('score')!r}")
    return value


def wrong(path: Path, what: str) -> InputError:
    """Return the error for a report that cannot be read."""
    return InputError(f"{path} {what}", "give a report as EvalScope wrote it, of a score from 0 to 1")
