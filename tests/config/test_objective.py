"""Objectives: parsed from text, written as text, and the errors of wrong ones."""

from __future__ import annotations

import re

import pytest

from tasks.config.objective import Objective
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize("text", ["ttft_p95_s <= 0.5", "itl_mean_s <= 0.02", "success >= 0.99"])
def test_an_objective_is_written_as_it_was_read(text: str) -> None:
    assert str(Objective.model_validate(text.replace(" ", ""))) == text
    spec = load_spec("smoke", [f"sweeps.0.objectives=['{text}']"])
    assert spec.sweeps[0].model_dump(mode="json")["objectives"] == [text]


def test_a_bound_on_a_part_of_a_mix_names_its_sweep() -> None:
    bound = Objective.model_validate("long-docs: ttft_p95_s <= 2")
    assert (bound.part, bound.name, bound.bound) == ("long-docs", "ttft_p95_s", 2)
    assert str(bound) == "long-docs: ttft_p95_s <= 2"
    assert Objective.model_validate("ttft_p95_s <= 2").part is None


def test_a_bound_on_a_part_stands_in_the_sweep_of_the_part() -> None:
    with pytest.raises(
        InputError, match="`chat: ttft_p95_s <= 1` bounds the requests of the sweep chat"
    ) as no:
        load_spec("smoke", ["sweeps.0.objectives=['chat: ttft_p95_s <= 1']"])
    assert no.value.remedy == "write it in that sweep's `objectives`, without `chat:`"


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("{chat: ttft_p95_s <= 1}", "`chat: ttft_p95_s <= 1` bounds the requests of the sweep chat"),
        ("{name: tftt_p95_s, bound: 1}", "tftt_p95_s is not a figure"),
        ("{name: ttft_p95_s, bound: -1}", "-1 is not a time in seconds"),
        ("{name: ttft_p95_s}", "'name: ttft_p95_s' is not an objective"),
    ],
)
def test_fields_are_read_as_the_text_that_they_stand_for(fields: str, what: str) -> None:
    """YAML reads an objective with a colon as a field, if it is not quoted."""
    with pytest.raises(InputError, match=re.escape(what)):
        load_spec("smoke", [f"sweeps.0.objectives=[{fields}]"])


def test_an_objective_knows_its_figure_and_statistic() -> None:
    objective = Objective.model_validate("tpot_p99_s <= 0.05")
    assert (objective.figure, objective.statistic, objective.bound) == ("tpot", "p99", 0.05)
    assert Objective.model_validate("success >= 1").figure == "success"


def test_a_percentile_needs_enough_requests() -> None:
    names = ("ttft_mean_s", "ttft_p50_s", "ttft_p90_s", "ttft_p95_s", "ttft_p99_s")
    assert [Objective(name=name, bound=1).requests for name in names] == [1, 2, 10, 20, 100]
    assert Objective(name="success", bound=0.9).requests == 1


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("tftt_p95_s <= 1", "tftt_p95_s is not a figure", "did you mean ttft_p95_s?"),
        ("sucess >= 1", "sucess is not a figure", "did you mean success?"),
        ("ttft_p95_s >= 1", "ttft_p95_s cannot have a bound with >=", "write ttft_p95_s <= 1"),
        ("ttft_p95_s < 1", "ttft_p95_s cannot have a bound with <", "write ttft_p95_s <= 1"),
        ("success <= 0.9", "success cannot have a bound with <=", "write success >= 0.9"),
        ("success >= 99", "99 is not a share", "above 0 and up to 1"),
        ("ttft_p95_s <= 500ms", "500ms is not a time", "seconds above 0"),
        ("fast", "'fast' is not an objective", "write it as ttft_p95_s <= 0.5"),
    ],
)
def test_a_wrong_objective_is_refused_with_a_remedy(text: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.objectives=['{text}']"])
    assert f"sweeps.0.objectives.0: {what}" in caught.value.what
    assert remedy in caught.value.remedy
