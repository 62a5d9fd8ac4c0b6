"""Building synthetic models with a stand-in for the serving environment's interpreter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.errors import InputError, ProvisionError
from tasks.provision.provisioned import EngineBuild, Environment, ModelIdentity
from tasks.provision.synthetic_models import RECIPES, provide_synthetic_model, synthetic_identity

BUILD = EngineBuild(name="e", engine="vllm", version="1", digest="0")
MODEL = "synthetic:gpt-oss"


def environment_with(folder: Path, script: str) -> Environment:
    """An environment whose interpreter is a shell script."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return Environment(python=python, build=BUILD)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))


def test_the_revision_is_the_recipes_version() -> None:
    assert synthetic_identity(MODEL) == ModelIdentity(name=MODEL, revision="2", license=None)


def test_every_recipe_has_its_script() -> None:
    from tasks.provision import synthetic_models

    folder = Path(synthetic_models.__file__).parent
    assert all((folder / recipe.script).is_file() for recipe in RECIPES.values())


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        synthetic_identity("synthetic:gptoss")
    assert "did you mean synthetic:gpt-oss?" in caught.value.remedy


def test_a_model_is_built_once(tmp_path: Path) -> None:
    script = f'echo "$1 $(basename "$2")" >> {tmp_path}/calls\nmkdir "$3"\necho "{{}}" > "$3/config.json"'
    environment = environment_with(tmp_path, script)
    first = provide_synthetic_model(MODEL, environment)
    assert provide_synthetic_model(MODEL, environment) == first
    assert first == tmp_path / "models" / "synthetic-gpt-oss-2"
    assert (tmp_path / "calls").read_text() == "-I synthetic_gpt_oss.py\n"
    assert json.loads((first / "config.json").read_text()) == {}


def test_a_recipe_that_fails_leaves_nothing(tmp_path: Path) -> None:
    environment = environment_with(tmp_path, "echo 'ImportError: openai_harmony' >&2\nexit 1")
    with pytest.raises(ProvisionError, match="its recipe failed") as caught:
        provide_synthetic_model(MODEL, environment)
    assert "ImportError" in caught.value.detail
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_an_environment_without_interpreter_is_refused() -> None:
    with pytest.raises(InputError, match="built with a serving environment's packages"):
        provide_synthetic_model(MODEL, Environment(python=None, build=BUILD))
