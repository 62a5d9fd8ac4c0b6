"""The registry of datasets: its entries fit the installed EvalScope, questions get their subsets."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tasks.config.datasets import AIME25, DATASETS, Dataset, Subset


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
def test_evalscope_has_the_adapter_of_each_dataset(dataset: Dataset) -> None:
    spec = find_spec("evalscope")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    _, *parts = dataset.adapter.split(".")
    adapter = Path(spec.submodule_search_locations[0], *parts).with_suffix(".py")
    assert f"name='{dataset.name}'" in adapter.read_text(encoding="utf-8")


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
def test_subsets_hold_all_questions_of_the_hub(dataset: Dataset) -> None:
    assert sum(subset.questions for subset in dataset.subsets) in (0, dataset.hub_questions)


def test_aime_is_divided_into_its_two_exams() -> None:
    subsets = [AIME25.subset_of(number, 30) for number in range(30)]
    assert subsets == ["AIME2025-I"] * 15 + ["AIME2025-II"] * 15


@pytest.mark.parametrize("questions", [1, 29, 31])
def test_a_set_of_another_size_is_not_divided(questions: int) -> None:
    assert {AIME25.subset_of(number, questions) for number in range(questions)} == {"default"}


def test_subsets_may_differ_in_size() -> None:
    subsets = (Subset(name="easy", questions=1), Subset(name="hard", questions=2))
    dataset = AIME25.model_copy(update={"subsets": subsets})
    assert [dataset.subset_of(number, 3) for number in range(3)] == ["easy", "hard", "hard"]


def test_a_dataset_without_subsets_is_not_divided() -> None:
    dataset = AIME25.model_copy(update={"subsets": ()})
    assert dataset.subset_of(0, dataset.hub_questions) == "default"
