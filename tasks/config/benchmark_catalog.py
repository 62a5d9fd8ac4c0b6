"""What the installed EvalScope knows about its benchmarks. Reads its files and imports nothing of it."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from tasks.config.base import Frozen

Kind = Literal["number", "choice", "text"]
MEANS = ("mean", "mean_and_pass_at_k")
"""EvalScope's aggregations whose score is the mean of the answers' scores."""
SCORES = frozenset(
    [
        "accuracy",
        "exact_match",
        "f1",
        "prompt_level_strict",
        "multi_choice_acc",
        "is_correct",
        "execution_accuracy",
        "strict_pass",
        "puzzle_acc",
    ]
)
"""Metrics that score each answer from 0 to 1."""
RUNS_CODE = ("swe_bench", "bird_sql")
"""Beginnings of the names of benchmarks that run code without naming a sandbox in EvalScope's description."""


class Benchmark(Frozen):
    """One benchmark as EvalScope describes it.

    Attributes:
        name: its name in EvalScope.
        title: its name for people.
        adapter: the EvalScope module that registers it.
        category: llm for a text benchmark.
        kind: what an answer is.
        metric: the metric whose mean is its score.
        aggregation: how EvalScope turns the scores of answers into one.
        subsets: its subsets, and the number of questions of each where EvalScope knows it.
        eval_split: the split with the questions.
        train_split: the split with the few-shot examples; empty if there is none.
        few_shot: the examples that a prompt has by default.
        needs_judge: whether another model judges the answers.
        runs_code: whether judging runs code of the answers.
    """

    name: str
    title: str
    adapter: str
    category: str
    kind: Kind
    metric: str
    aggregation: str
    subsets: dict[str, int]
    eval_split: str
    train_split: str
    few_shot: int
    needs_judge: bool
    runs_code: bool

    @property
    def unsupported(self) -> str | None:
        """Why the benchmark cannot be scored here; None if it can."""
        if self.category != "llm":
            return f"EvalScope lists it as {self.category}, and only text benchmarks are asked"
        per_answer = self.aggregation in MEANS or self.name in ("ifeval", "ifbench")
        if not per_answer or self.metric not in SCORES:
            return f"its score ({self.metric}, {self.aggregation}) is no mean of right and wrong answers"
        return None


@cache
def benchmark_names() -> tuple[str, ...]:
    """Return the names of all of EvalScope's benchmarks, whatever their category."""
    return tuple(_index())


@cache
def find_benchmark(name: str) -> Benchmark | None:
    """Return a benchmark by its name; None if EvalScope has none of this name or does not describe it."""
    file = _folder() / "_meta" / f"{name}.json"
    if name not in _index() or not file.is_file():
        return None
    description = json.loads(file.read_text(encoding="utf-8"))
    meta, statistics = description["meta"], description.get("statistics") or {}
    counts = {entry["name"]: entry["sample_count"] for entry in statistics.get("subset_stats") or ()}
    metric = _primary_metric(meta)
    return Benchmark(
        name=name,
        title=meta["pretty_name"],
        adapter=_index()[name],
        category=meta["category"],
        kind=_kind(meta, metric),
        metric=metric,
        aggregation="over all answers" if "NER" in meta["tags"] else meta["aggregation"],
        subsets={subset: counts.get(subset, 0) for subset in meta["subset_list"]},
        eval_split=meta["eval_split"] or "test",
        train_split=meta["train_split"] or "",
        few_shot=meta["few_shot_num"],
        needs_judge=bool(meta.get("requires_judge")),
        runs_code=bool(meta["sandbox_config"]) or name.startswith(RUNS_CODE),
    )


def _folder() -> Path:
    spec = find_spec("evalscope")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "benchmarks"


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_folder() / "_index.json").read_text(encoding="utf-8"))
    return index


def _primary_metric(meta: dict[str, Any]) -> str:
    if meta.get("primary_metric"):
        return str(meta["primary_metric"]["name"])
    first = meta["metrics"][0] if meta["metrics"] else ""
    return first if isinstance(first, str) else str(next(iter(first)))


def _kind(meta: dict[str, Any], metric: str) -> Kind:
    first = meta["metrics"][0] if meta["metrics"] else ""
    if isinstance(first, dict) and any((options or {}).get("numeric") for options in first.values()):
        return "number"
    return "choice" if "MCQ" in meta["tags"] and metric == "accuracy" else "text"
