"""What a run measures and on what: everything that decides whether two measurements are comparable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.server import EndpointServer, ManagedServer
from tasks.config.spec import Spec
from tasks.config.started_server import Device
from tasks.plan import machine
from tasks.plan.content_digest import content_digest
from tasks.probe.identity import server_identity
from tasks.provision.engine_build import engine_build
from tasks.provision.model import model_identity
from tasks.serve.find_endpoint import endpoint_of
from tasks.serve.gpu import GPU, list_gpus
from tasks.serve.gpu_choice import chosen_gpus, named_gpus
from tasks.serve.loopback import is_loopback


class Hardware(Frozen):
    """The server's machine, as far as it decides a figure; empty fields for a server on another machine."""

    cpu: str
    cpu_count: int
    memory_bytes: int
    gpu_names: tuple[str, ...] = ()
    driver: str | None = None


class Subject(Frozen):
    """The served model, the engine, the machine, and the load generator.

    `server_args` and `server_env` are JSON texts with sorted keys. `server_instance` identifies a server that
    was started elsewhere; None for one that a run starts itself.
    """

    engine: str
    engine_version: str
    environment_digest: str
    model: str
    model_revision: str
    model_license: str | None = Field(None, exclude=True)
    """Recorded, but not part of a cache key."""
    tokenizer: str
    server_args: str
    server_env: str
    server_instance: str | None = None
    hardware: Hardware
    client: str


def subject_of(spec: Spec, run_id: str) -> Subject:
    """Determine what a spec measures. Starts nothing; asks a running server for its identity.

    Args:
        spec: the checked spec.
        run_id: identifies a running server that does not report its start time.

    Raises:
        InputError: the spec names an environment, folder, model or GPU that does not exist.
        EndpointError: a running server does not answer.
    """
    if isinstance(spec.server, EndpointServer):
        return _remote_subject(spec.server, run_id)
    return _local_subject(spec.server, spec.environment)


def _local_subject(server: ManagedServer, environment: str | None) -> Subject:
    build, model = engine_build(server, environment), model_identity(server)
    return Subject(
        engine=build.engine,
        engine_version=build.version,
        environment_digest=build.digest,
        model=model.name,
        model_revision=model.revision,
        model_license=model.license,
        tokenizer=_tokenizer(server.tokenizer or ""),
        server_args=server.settings,
        server_env=json.dumps(server.env, sort_keys=True),
        hardware=server_hardware(server, build.device),
        client=client_version(),
    )


def server_hardware(server: ManagedServer, device: Device) -> Hardware:
    """Return the machine of a server that a run starts here, with the GPUs that it would get.

    Raises:
        InputError: a GPU that it names does not exist, or their number does not fit.
    """
    return _hardware(() if device == "cpu" else chosen_gpus(server, list_gpus()))


def _remote_subject(server: EndpointServer, run_id: str) -> Subject:
    """A server that was started elsewhere is identified by its model, its version and its start time.

    Without a start time, the server cannot be distinguished from another one, so its figures are not reused.
    Raises InputError if `server.gpus` names a GPU that does not exist.
    """
    named_gpus(server.gpus or (), list_gpus())
    identity = server_identity(endpoint_of(server))
    instance = f"started {identity.started_at}" if identity.started_at else f"unknown, run {run_id}"
    return Subject(
        engine="endpoint",
        engine_version=identity.version or "unknown",
        environment_digest="",
        model=server.model,
        model_revision="",
        tokenizer=_tokenizer(server.tokenizer or server.model),
        server_args=server.settings,
        server_env="{}",
        server_instance=instance,
        hardware=_hardware_of(server),
        client=client_version(),
    )


def _tokenizer(name: str) -> str:
    folder = Path(name)
    return content_digest(str(folder.resolve() / "tokenizer.json")) if name and folder.is_dir() else name


def _hardware_of(server: EndpointServer) -> Hardware:
    """Return the machine of a running server; empty if the server runs on another machine."""
    if not is_loopback(urlsplit(server.url).hostname or ""):
        return Hardware(cpu="", cpu_count=0, memory_bytes=0)
    return _hardware(named_gpus(server.gpus, list_gpus()) if server.gpus else list_gpus())


def _hardware(devices: Sequence[GPU]) -> Hardware:
    return Hardware(
        cpu=machine.cpu_name(),
        cpu_count=machine.cpu_count(),
        memory_bytes=machine.memory_bytes(),
        gpu_names=tuple(device.name for device in devices),
        driver=devices[0].driver if devices else None,
    )


def client_version() -> str:
    """Return the versions of the packages that affect how a figure is measured."""
    names = ("servegauge", "evalscope", "aiohttp")
    return " ".join(f"{name}=={version(name)}" for name in names)
