"""Specs as a whole: what their validator refuses."""

from __future__ import annotations

import pytest

from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize(
    ("overrides", "what", "remedy"),
    [
        (["sweeps.1.name=throughput"], "two sweeps have the same name", "a name of its own"),
        (["sweeps=[]", "accuracy=[]"], "nothing to measure", "`sweeps`, `accuracy` or both"),
        (
            ["blocks.endpoint=x"],
            "blocks.endpoint holds the key of a running server, and server.kind is vllm",
            "remove blocks.endpoint, or set server.kind: endpoint",
        ),
        (["environment=null"], "a server of kind vllm needs `environment`", "`current` or an interpreter"),
        (
            ["accuracy=[{path: /a/mine}, {path: /b/mine}]"],
            "two question sets have the same name",
            "give each a `name`",
        ),
    ],
)
def test_a_wrong_whole_is_refused_with_a_remedy(overrides: list[str], what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", overrides)
    assert caught.value.what == f"spec smoke: {what}"
    assert remedy in caught.value.remedy


def test_two_sets_of_one_dataset_are_told_apart_by_their_folders() -> None:
    spec = load_spec("smoke", ["accuracy=[{dataset: aime25}, {path: /other}, {path: /other, name: again}]"])
    assert [question_set.set_name for question_set in spec.accuracy] == ["aime25", "other", "again"]
