"""The synthetic models, and how they are built: a script run with the serving environment's Python."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from tasks.config.home import home
from tasks.errors import InputError, ProvisionError
from tasks.provision.build_once import build_once
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.provisioned import Environment, ModelIdentity
from tasks.text import did_you_mean, last_lines

PREFIX = "synthetic:"
RECIPE_LIMIT_S = 600
DETAIL_LINES = 15
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""Variables that keep Hugging Face's libraries from downloading."""


class Recipe(NamedTuple):
    """How a synthetic model is built."""

    script: str
    """A file in this folder; its argument is the folder to write the model to."""
    version: str
    """The model's revision in cache keys. A change of what the script writes needs a new version."""


RECIPES = {
    "synthetic:gpt-oss": Recipe(script="synthetic_gpt_oss.py", version="2"),
}
"""Recipes by the name in `server.model`."""


def is_synthetic(model: str) -> bool:
    """Return whether a spec's `server.model` names a synthetic model."""
    return model.startswith(PREFIX)


def synthetic_identity(model: str) -> ModelIdentity:
    """Return the identity of a synthetic model.

    Raises:
        InputError: there is no such recipe.
    """
    return ModelIdentity(name=model, revision=_find_recipe(model).version)


def provide_synthetic_model(model: str, environment: Environment) -> Path:
    """Return the folder of a synthetic model; build it if this machine does not have it.

    Args:
        model: the name in `server.model`.
        environment: its interpreter runs the recipe.

    Raises:
        InputError: there is no such recipe, or the environment has no interpreter.
        ProvisionError: the recipe fails.
    """
    recipe, python = _find_recipe(model), environment.python
    if python is None:
        raise InputError(
            f"model {model} is built with a serving environment's packages, and this spec has no environment",
            "name an environment with vLLM, or give server.model a folder",
        )
    target = synthetic_model_folder(model)

    def fill(folder: Path) -> str:
        _run_recipe(model, python, Path(__file__).with_name(recipe.script), folder)
        return synthetic_identity(model).model_dump_json()

    build_once(target, fill)
    return target


def synthetic_model_folder(model: str) -> Path:
    """Return the folder that a synthetic model has once it is built. Raises InputError as above."""
    return home() / "models" / f"{model.replace(':', '-')}-{_find_recipe(model).version}"


def _find_recipe(model: str) -> Recipe:
    if model in RECIPES:
        return RECIPES[model]
    raise InputError(
        f"no synthetic model is called {model!r}",
        f"{did_you_mean(model, RECIPES)}known are: {', '.join(RECIPES)}",
    )


def _run_recipe(model: str, python: Path, script: Path, folder: Path) -> None:
    command = die_with_parent((str(python), "-I", str(script), str(folder)))
    what = f"model {model}: its recipe failed"
    remedy = "run again; if it fails again, the environment's openai_harmony or transformers has changed"
    try:
        result = subprocess.run(
            command, env={**os.environ, **OFFLINE}, capture_output=True, text=True, timeout=RECIPE_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(f"{what} ({type(error).__name__})", remedy) from None
    if result.returncode:
        raise ProvisionError(what, remedy, last_lines(result.stderr, DETAIL_LINES))
