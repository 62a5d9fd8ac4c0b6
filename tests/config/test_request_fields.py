"""`request`: which fields a spec may set, and what it is told about the others."""

from __future__ import annotations

import pytest

from tasks.config.generation import Generation
from tasks.config.request_fields import OWNED_BY_GENERATION, OWNED_BY_SWEEP
from tasks.config.spec_file import load_spec
from tasks.config.sweep import Sweep
from tasks.errors import InputError

LOAD = [{"concurrency": 1, "requests": 1}]


def test_any_other_field_is_kept() -> None:
    fields = {"top_k": 20, "seed": 1, "chat_template_kwargs": {"enable_thinking": False}, "stop": ["a"]}
    assert Sweep.model_validate({"name": "x", "load": LOAD, "request": fields}).request == fields
    assert Generation(request=fields).request == fields


@pytest.mark.parametrize("name", OWNED_BY_SWEEP)
def test_a_sweep_refuses_what_the_pipeline_sets(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.request.{name}=1"])
    assert f"sweeps.0.request: `{name}` is set by the pipeline itself" in caught.value.what
    assert caught.value.remedy.startswith(OWNED_BY_SWEEP[name])


@pytest.mark.parametrize("name", OWNED_BY_GENERATION)
def test_a_question_set_refuses_what_the_pipeline_sets(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"accuracy.0.generation.request.{name}=1"])
    assert f"accuracy.0.generation.request: `{name}` is set by" in caught.value.what
    assert caught.value.remedy.startswith(OWNED_BY_GENERATION[name])


@pytest.mark.parametrize("value", [".nan", "2024-01-01"])
def test_what_is_no_json_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="which is no JSON"):
        load_spec("smoke", [f"sweeps.0.request.seed={value}"])
