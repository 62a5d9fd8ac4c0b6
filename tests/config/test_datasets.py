"""The registry of datasets: its entries fit the installed EvalScope, questions get their subsets."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tasks.config.benchmark_catalog import find_benchmark
from tasks.config.datasets import Dataset, Subset, find_dataset

NAMED = [
    *("aime24", "aime25", "aime26", "hmmt25", "math_500", "gsm8k", "gpqa_diamond", "mmlu", "mmlu_pro"),
    *("ifeval", "live_code_bench", "bbh", "ceval", "cmmlu", "drop", "hellaswag", "arc", "humaneval"),
]
"""Benchmarks that the documentation names."""


def dataset(name: str) -> Dataset:
    """A dataset that EvalScope has."""
    found = find_dataset(name)
    assert found is not None
    return found


AIME25 = dataset("aime25")


@pytest.mark.parametrize("name", NAMED)
def test_evalscope_has_the_adapter_of_each_dataset(name: str) -> None:
    spec = find_spec("evalscope")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    _, *parts = dataset(name).adapter.split(".")
    adapter = Path(spec.submodule_search_locations[0], *parts).with_suffix(".py")
    assert f"name='{name}'" in adapter.read_text(encoding="utf-8")
    benchmark = find_benchmark(name)
    assert benchmark is not None
    assert benchmark.unsupported is None


def test_kinds_and_sizes_come_from_evalscope() -> None:
    assert sum(AIME25.hub_subsets.values()) == 30
    assert {name: dataset(name).kind for name in ("gsm8k", "ceval", "drop")} == {
        "gsm8k": "number",
        "ceval": "choice",
        "drop": "text",
    }
    assert (dataset("hellaswag").file, dataset("ceval").file) == ("validation.jsonl", "val.jsonl")
    assert dataset("live_code_bench").runs_code
    assert not dataset("math_500").runs_code


def test_aime_is_divided_into_its_two_exams() -> None:
    subsets = [AIME25.subset_of(number, 30) for number in range(30)]
    assert subsets == ["AIME2025-I"] * 15 + ["AIME2025-II"] * 15


@pytest.mark.parametrize("questions", [1, 29, 31])
def test_a_set_of_another_size_is_not_divided(questions: int) -> None:
    assert {AIME25.subset_of(number, questions) for number in range(questions)} == {"default"}


def test_subsets_may_differ_in_size() -> None:
    subsets = (Subset(name="easy", questions=1), Subset(name="hard", questions=2))
    divided = AIME25.model_copy(update={"subsets": subsets})
    assert [divided.subset_of(number, 3) for number in range(3)] == ["easy", "hard", "hard"]


def test_a_dataset_without_subsets_is_not_divided() -> None:
    whole = AIME25.model_copy(update={"subsets": ()})
    assert whole.subset_of(0, 100) == "default"
