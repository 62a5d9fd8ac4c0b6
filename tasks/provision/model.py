"""The model to serve: a hub's, a folder's, or a synthetic one made here."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from tasks.config.home import home
from tasks.config.server import OwnServer
from tasks.errors import InputError, ProvisionError
from tasks.provision.build_once import build_once
from tasks.provision.die_with_parent import die_with_parent
from tasks.provision.disk_space import check_space
from tasks.provision.hub import Hub
from tasks.provision.hub_huggingface import huggingface
from tasks.provision.hub_modelscope import modelscope
from tasks.provision.license import license_of
from tasks.provision.model_digest import file_digest, folder_digest
from tasks.provision.provisioned import Environment, Model, ModelIdentity

SYNTHETIC = "synthetic:"
RECIPES = {"synthetic:gpt-oss": ("synthetic_gpt_oss.py", "2")}
"""Script and version by name; a change of what a script writes needs a new version."""

HUBS = {"huggingface": huggingface, "modelscope": modelscope}
# The engine fetches nothing: all is here by then, and a download inside its start has no limit and no name.
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
RECIPE_LIMIT_S = 600


def model_identity(server: OwnServer, hub: Hub | None = None) -> ModelIdentity:
    """What a model is, without fetching it.

    Raises:
        InputError: no such synthetic model, a folder without config.json, a repository that is unknown.
        ProvisionError: the hub is out of reach and nothing of the model is cached.
    """
    if server.model.startswith(SYNTHETIC):
        return ModelIdentity(name=server.model, revision=_recipe(server.model)[1])
    if path := _local(server.model):
        return ModelIdentity(
            name=path.name,
            revision=file_digest(path) if path.is_file() else folder_digest(path),
            license=license_of(path),
        )
    hub = hub or HUBS[server.hub]()
    try:
        revision = hub.resolve(server.model, server.revision)
    except ProvisionError:
        if (known := hub.cached(server.model, server.revision)) is None:
            raise
        revision = known
    return ModelIdentity(name=server.model, revision=revision, license=hub.license(server.model, revision))


def provide_model(server: OwnServer, environment: Environment, hub: Hub | None = None) -> Model:
    """A model that can be served: fetched, made or found.

    Raises:
        InputError, ProvisionError: as `model_identity`; the download or the recipe failed.
    """
    identity = model_identity(server, hub)
    if server.model.startswith(SYNTHETIC):
        weights = str(_synthetic(server.model, environment))
    elif path := _local(server.model):
        weights = str(path)
    else:
        weights = _fetched(server.model, identity.revision, hub or HUBS[server.hub]())
    if weights.endswith(".gguf") and server.tokenizer is None:
        raise InputError(
            f"model {server.model}: its tokenizer cannot be read from a GGUF file",
            "name the original model's in server.tokenizer",
        )
    return Model(weights=weights, tokenizer=server.tokenizer or weights, identity=identity, env=OFFLINE)


def prefetch_model(server: OwnServer, hub: Hub | None = None) -> None:
    """Fetch a hub's model into the hub's cache, for `provide_model` to find; what is no hub's needs none.

    Raises what `provide_model` raises.
    """
    if not (server.model.startswith(SYNTHETIC) or _local(server.model)):
        revision = model_identity(server, hub).revision
        _fetched(server.model, revision, hub or HUBS[server.hub]())


def _fetched(model: str, revision: str, hub: Hub) -> str:
    """The folder of a hub's model, fetched where something of it is missing and there is room for it."""
    try:
        needed = hub.missing(model, revision)
    except ProvisionError:
        needed = 0  # a hub that is silent is met again, unless all of the model is here
    if needed:
        check_space(f"model {model}", hub.cache, needed, hub.cache_variable)
    return hub.fetch(model, revision)


def _local(model: str) -> Path | None:
    """The folder or GGUF file that a spec's model means; None where it means a repository of a hub."""
    folder = Path(model).expanduser()
    if folder.suffix == ".gguf" and folder.is_file():
        return folder.resolve()
    if not (folder.is_dir() or model.startswith((".", "/", "~"))):
        return None
    if not (folder / "config.json").is_file():
        raise InputError(
            f"model {model}: no config.json there", "give the folder that holds the model's files"
        )
    return folder.resolve()


def _recipe(model: str) -> tuple[str, str]:
    if model in RECIPES:
        return RECIPES[model]
    near = get_close_matches(model, RECIPES, 1)
    raise InputError(
        f"no synthetic model is called {model!r}",
        f"{f'did you mean {near[0]}? ' if near else ''}known are: {', '.join(RECIPES)}",
    )


def _synthetic(model: str, environment: Environment) -> Path:
    script, version = _recipe(model)
    if environment.python is None:
        raise InputError(
            f"model {model} is made with a serving environment's packages, and this spec has none",
            "name an environment with vLLM, or give server.model a folder",
        )
    target = home() / "models" / f"{model.replace(':', '-')}-{version}"
    make: Callable[[Path], str] = partial(
        _run_recipe, model, environment.python, Path(__file__).with_name(script)
    )
    build_once(target, make)
    return target


def _run_recipe(model: str, python: Path, script: Path, folder: Path) -> str:
    """Run the script with the serving environment's interpreter; the marker's text."""
    command = die_with_parent((str(python), "-I", str(script), str(folder)))
    remedy = "run again; if it stays so, the environment's openai_harmony or transformers has changed"
    try:
        answer = subprocess.run(
            command, env={**os.environ, **OFFLINE}, capture_output=True, text=True, timeout=RECIPE_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProvisionError(f"model {model}: its recipe failed ({type(error).__name__})", remedy) from None
    if answer.returncode:
        tail = "\n".join(answer.stderr.splitlines()[-15:])
        raise ProvisionError(f"model {model}: its recipe failed", remedy, tail)
    return ModelIdentity(name=model, revision=_recipe(model)[1]).model_dump_json()
