"""A question set in a spec: its dataset is checked by name, its form is the one that cache keys hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tasks.config.question_set import QuestionSet


@pytest.mark.parametrize(
    ("name", "hint"),
    [("aime255", "did you mean aime25? "), ("AIME25", "did you mean aime25? "), ("chess", "")],
)
def test_an_unknown_dataset_is_refused_with_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        QuestionSet(dataset=name)
    (error,) = caught.value.errors()
    assert error["loc"] == ("dataset",)
    assert error["ctx"] == {
        "what": f"'{name}' is no dataset",
        "remedy": f"{hint}docs/accuracy.md lists EvalScope's text benchmarks",
    }


def test_the_schema_lists_the_names() -> None:
    assert "aime25" in QuestionSet.model_json_schema()["properties"]["dataset"]["examples"]


def test_the_json_form_is_the_one_of_recorded_cache_keys() -> None:
    """A change here changes every cache key, so that recorded scores are measured again."""
    assert QuestionSet().model_dump(mode="json") == {
        "dataset": "aime25",
        "name": None,  # in a key only where it differs from the dataset
        "path": None,
        "hub": "modelscope",  # this and the next six are in a key only where they are set
        "subsets": [],
        "limit": None,
        "few_shot": None,
        "evalscope": {},
        "judge": None,
        "sandbox": False,
        "generation": {
            "reasoning_effort": None,
            "temperature": 1.0,
            "top_p": 1.0,
            "max_tokens": 32768,
            "request": {},  # in a key only where it is set: tests/plan/test_cache_keys.py
        },
        "batch_size": 10,
        "timeout_s": 60000.0,
        "repeats": 1,
        "under_load": None,  # as `hub`
        "retries": 3,  # in no key
    }


def test_the_file_is_the_one_of_the_dataset() -> None:
    assert QuestionSet(path="/questions").files == (Path("/questions/test.jsonl"),)
    assert QuestionSet().files == ()
    assert QuestionSet().definition.name == "aime25"


def test_a_set_with_subsets_has_a_file_for_each(tmp_path: Path) -> None:
    for name in ("anatomy", "astronomy", "other", "astronomy_dev", "dev"):
        (tmp_path / f"{name}.jsonl").write_text("{}")
    whole = QuestionSet(dataset="mmlu", path=str(tmp_path))
    assert [file.stem for file in whole.files] == ["anatomy", "astronomy"]
    assert [file.stem for file in whole.example_files] == ["dev", "astronomy_dev"]
    chosen = QuestionSet(dataset="mmlu", path=str(tmp_path), subsets=("astronomy", "virology"))
    assert [file.stem for file in chosen.files] == ["astronomy", "virology"]


def test_arguments_with_a_field_of_their_own_are_refused() -> None:
    with pytest.raises(ValidationError, match="set `path`"):
        QuestionSet(evalscope={"local_path": "/elsewhere"})
    with pytest.raises(ValidationError, match="no subset"):
        QuestionSet(dataset="arc", subsets=("ARC-Impossible",))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "aime25"),
        ({"path": "/questions/aime-format-sample"}, "aime-format-sample"),
        ({"path": "/specs/../questions/mine/"}, "mine"),
        ({"path": "/questions/my set (2)"}, "my-set-2-"),
        ({"path": "/questions/\u6570\u5b66"}, "questions"),
        ({"path": "/questions/mine", "name": "AIME-2025"}, "AIME-2025"),
    ],
)
def test_a_set_is_called_by_its_name_its_folder_or_its_dataset(fields: dict[str, str], name: str) -> None:
    assert QuestionSet.model_validate(fields).set_name == name


@pytest.mark.parametrize("name", ["", "a b", "../a", ".a", "a/b"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        QuestionSet(name=name)


def test_lists_of_settings_are_asked_in_every_combination() -> None:
    generation = {"reasoning_effort": ["low", "high"], "temperature": [0.6, 1], "max_tokens": 100}
    asked = QuestionSet.model_validate({"generation": generation, "repeats": 2}).combinations()
    assert [each.set_name for each in asked] == [
        "aime25-low-t0.6",
        "aime25-low-t1",
        "aime25-high-t0.6",
        "aime25-high-t1",
    ]
    last = asked[-1].generation
    assert (last.reasoning_effort, last.temperature, last.max_tokens) == ("high", 1, 100)
    (only,) = QuestionSet().combinations()
    assert (only.set_name, only.generation) == ("aime25", QuestionSet().generation)


@pytest.mark.parametrize("values", [[], ["low", "low"], ["tiny"]])
def test_a_list_without_values_or_with_wrong_ones_is_refused(values: list[str]) -> None:
    with pytest.raises(ValidationError):
        QuestionSet.model_validate({"generation": {"reasoning_effort": values}})
