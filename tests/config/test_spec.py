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
        (["environment=null"], "a server of kind vllm needs `environment`", "`current` or an interpreter"),
        (
            ["accuracy=[{dataset: aime25}, {dataset: aime25, path: /other}]"],
            "the same question set is listed twice",
            "use `repeats`",
        ),
    ],
)
def test_a_wrong_whole_is_refused_with_a_remedy(overrides: list[str], what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", overrides)
    assert caught.value.what == f"spec smoke: {what}"
    assert remedy in caught.value.remedy
