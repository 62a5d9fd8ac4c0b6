"""The model of a spec: its identity, and its files from a hub, a folder or a synthetic recipe."""

from __future__ import annotations

from pathlib import Path

from tasks.config.home import looks_like_path
from tasks.config.server import ManagedServer
from tasks.errors import InputError, ProvisionError
from tasks.provision.disk_space import check_space
from tasks.provision.hubs.hub import Hub
from tasks.provision.hubs.hub_registry import HUBS
from tasks.provision.license import read_license
from tasks.provision.model_digest import file_digest, folder_digest
from tasks.provision.provisioned import Environment, Model, ModelIdentity
from tasks.provision.synthetic_models import (
    OFFLINE,
    is_synthetic,
    provide_synthetic_model,
    synthetic_identity,
    synthetic_model_folder,
)


def model_identity(server: ManagedServer, hub: Hub | None = None) -> ModelIdentity:
    """Return the identity of a spec's model, without downloading the model.

    Args:
        server: the spec's server.
        hub: used instead of the hub that `server.hub` names.

    Raises:
        InputError: there is no such synthetic model or repository, or the folder has no config.json.
        ProvisionError: the hub cannot be reached, and no revision of the model is in its cache.
    """
    if is_synthetic(server.model):
        return synthetic_identity(server.model)
    path = _local_path(server.model)
    if path is None:
        return _hub_identity(server, hub or HUBS[server.hub]())
    digest = file_digest(path) if path.is_file() else folder_digest(path)
    return ModelIdentity(name=path.name, revision=digest, license=read_license(path))


def model_name(model: str) -> str:
    """Return what results call a spec's model: the name of its folder or file, or that of its repository.

    Raises:
        InputError: the folder has no config.json.
    """
    path = _local_path(model)
    return model if path is None else path.name


def provide_model(server: ManagedServer, environment: Environment, hub: Hub | None = None) -> Model:
    """Return a model that is on this machine; download or build it if it is not.

    Args:
        server: the spec's server.
        environment: the serving environment, which builds synthetic models.
        hub: used instead of the hub that `server.hub` names.

    Raises:
        InputError: as `model_identity`; a GGUF file without `server.tokenizer`.
        ProvisionError: as `model_identity`; the download or the recipe fails.
    """
    identity = model_identity(server, hub)
    weights = _provide_weights(server, environment, identity.revision, hub)
    if weights.endswith(".gguf") and server.tokenizer is None:
        raise InputError(
            f"model {server.model}: its tokenizer cannot be read from a GGUF file",
            "set server.tokenizer to the original model",
        )
    # Offline: a download inside the engine would have no time-out and no message.
    return Model(weights=weights, tokenizer=server.tokenizer or weights, identity=identity, env=OFFLINE)


def prefetch_model(server: ManagedServer, hub: Hub | None = None) -> None:
    """Download a hub's model into the hub's cache. Does nothing for a folder or a synthetic model.

    Raises:
        InputError, ProvisionError: as `provide_model`.
    """
    if not is_synthetic(server.model) and _local_path(server.model) is None:
        revision = model_identity(server, hub).revision
        _download(server.model, revision, hub or HUBS[server.hub]())


def is_on_hand(server: ManagedServer, hub: Hub | None = None) -> bool:
    """Return whether a model needs no download and no build. Raise InputError, ProvisionError as above."""
    if is_synthetic(server.model):
        return synthetic_model_folder(server.model).is_dir()
    if _local_path(server.model):
        return True
    hub = hub or HUBS[server.hub]()
    return hub.missing(server.model, model_identity(server, hub).revision) == 0


def _hub_identity(server: ManagedServer, hub: Hub) -> ModelIdentity:
    try:
        revision = hub.resolve(server.model, server.revision)
    except ProvisionError:
        cached_revision = hub.cached(server.model, server.revision)
        if cached_revision is None:
            raise
        revision = cached_revision
    return ModelIdentity(name=server.model, revision=revision, license=hub.license(server.model, revision))


def _provide_weights(server: ManagedServer, environment: Environment, revision: str, hub: Hub | None) -> str:
    if is_synthetic(server.model):
        return str(provide_synthetic_model(server.model, environment))
    path = _local_path(server.model)
    return str(path) if path else _download(server.model, revision, hub or HUBS[server.hub]())


def _download(model: str, revision: str, hub: Hub) -> str:
    """Return the folder of a hub's model; first check that the disk has room for the missing files."""
    try:
        missing_bytes = hub.missing(model, revision)
    except ProvisionError:
        missing_bytes = 0  # `fetch` raises this error again, unless the cache has every file
    if missing_bytes:
        check_space(f"model {model}", hub.cache, missing_bytes, hub.site.cache_variable)
    return hub.fetch(model, revision)


def _local_path(model: str) -> Path | None:
    """Return the folder or GGUF file that `server.model` names; None if it names a hub's repository."""
    path = Path(model).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return path.resolve()
    if not path.is_dir() and not looks_like_path(model):
        return None
    if not (path / "config.json").is_file():
        raise InputError(
            f"model {model}: no config.json there", "give the folder that holds the model's files"
        )
    return path.resolve()
