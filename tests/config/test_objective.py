"""Objectives as a spec writes them."""

from __future__ import annotations

import pytest

from tasks.config.objective import Objective
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize("text", ["ttft_p95_s <= 0.5", "itl_mean_s <= 0.02", "success >= 0.99"])
def test_an_objective_is_written_as_it_was_read(text: str) -> None:
    assert str(Objective.model_validate(text.replace(" ", ""))) == text
    spec = load_spec("smoke", [f"sweeps.0.objectives=['{text}']"])
    assert spec.sweeps[0].model_dump(mode="json")["objectives"] == [text]


def test_its_figure_and_statistic_are_those_of_a_point() -> None:
    found = Objective.model_validate("tpot_p99_s <= 0.05")
    assert (found.figure, found.statistic, found.bound) == ("tpot", "p99", 0.05)
    assert Objective.model_validate("success >= 1").figure == "success"


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("tftt_p95_s <= 1", "tftt_p95_s is no objective's figure", "did you mean ttft_p95_s?"),
        ("sucess >= 1", "sucess is no objective's figure", "did you mean success?"),
        ("ttft_p95_s >= 1", "ttft_p95_s >= is no bound", "write ttft_p95_s <= 1"),
        ("ttft_p95_s < 1", "ttft_p95_s < is no bound", "write ttft_p95_s <= 1"),
        ("success <= 0.9", "success <= is no bound", "write success >= 0.9"),
        ("success >= 99", "99 is no share", "above 0 and up to 1"),
        ("ttft_p95_s <= 500ms", "500ms is no time", "seconds above 0"),
        ("fast", "'fast' is no objective", "write it as ttft_p95_s <= 0.5"),
    ],
)
def test_a_wrong_one_says_what_would_be_right(text: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.objectives=['{text}']"])
    assert f"sweeps.0.objectives.0: {what}" in caught.value.what
    assert remedy in caught.value.remedy
