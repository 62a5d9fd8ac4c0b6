"""A run: one execution of one spec, its id, its subject, and where its results go."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from tasks.config.base import Frozen
from tasks.config.place import Place
from tasks.config.server import EndpointServer, OwnServer
from tasks.config.spec import Spec
from tasks.plan import hardware
from tasks.plan.keys import content_of
from tasks.plan.subject import Hardware, Subject
from tasks.probe.client import loopback
from tasks.probe.identity import server_identity
from tasks.provision.build import engine_build
from tasks.provision.model import model_identity
from tasks.serve.endpoint import endpoint_of
from tasks.serve.gpu import GPU, gpus
from tasks.serve.gpu_choice import chosen_gpus, named_gpus


class Run(Frozen):
    """What every stage of one run knows."""

    id: str
    spec: Spec
    subject: Subject
    results: Place
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Logs, reports and raw files of this run, beside the tables or, where they lie in a bucket, here."""
        return self.results.folder / "files" / self.id

    @property
    def spec_digest(self) -> str:
        """Tells two versions of a spec apart."""
        return hashlib.sha256(self.spec.model_dump_json().encode()).hexdigest()[:16]


def new_run(spec: Spec, results: Place) -> Run:
    """Name a run and find out what it measures. Starts nothing.

    Raises:
        InputError: the spec names an environment, a folder or a model that is not there.
        EndpointError: a running server does not answer.
    """
    now = datetime.now(UTC)
    results = results.model_copy(update={"folder": results.folder.resolve()})
    run_id = f"{now:%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
    return Run(id=run_id, spec=spec, subject=_subject(spec, run_id), results=results, started_at=now)


def _subject(spec: Spec, run_id: str) -> Subject:
    if isinstance(spec.server, EndpointServer):
        return _remote_subject(spec.server, run_id)
    return _local_subject(spec.server, spec.environment)


def _local_subject(server: OwnServer, environment: str | None) -> Subject:
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
        hardware=_hardware(() if build.device == "cpu" else chosen_gpus(server, gpus())),
        client=client_version(),
    )


def _remote_subject(server: EndpointServer, run_id: str) -> Subject:
    """A server we did not start is known by its model, its version and the moment it was started.

    One that tells no start time cannot be told from another, so its figures are not reused. Raises
    InputError where `server.gpus` names one that is not here.
    """
    named_gpus(server.gpus or (), gpus())
    identity = server_identity(endpoint_of(server))
    instance = f"started {identity.started_at}" if identity.started_at else f"unknown, run {run_id}"
    return Subject(
        engine="endpoint",
        engine_version=identity.version or "unknown",
        environment_digest="",
        model=server.model,
        model_revision="",
        tokenizer=_tokenizer(server.tokenizer or server.model),
        server_args="{}",
        server_env="{}",
        server_instance=instance,
        hardware=_hardware_of(server),
        client=client_version(),
    )


def _tokenizer(name: str) -> str:
    folder = Path(name)
    return content_of(str(folder.resolve() / "tokenizer.json")) if name and folder.is_dir() else name


def _hardware_of(server: EndpointServer) -> Hardware:
    """Of a server on another machine nothing is known."""
    if not loopback(urlsplit(server.url).hostname or ""):
        return Hardware(cpu="", cpu_count=0, memory_bytes=0)
    return _hardware(named_gpus(server.gpus, gpus()) if server.gpus else gpus())


def _hardware(cards: Sequence[GPU]) -> Hardware:
    return Hardware(
        cpu=hardware.cpu_name(),
        cpu_count=hardware.cpu_count(),
        memory_bytes=hardware.memory_bytes(),
        gpu_names=tuple(card.name for card in cards),
        driver=cards[0].driver if cards else None,
    )


def client_version() -> str:
    """The packages that decide how a figure is taken."""
    names = ("servegauge", "evalscope", "aiohttp")
    return " ".join(f"{name}=={version(name)}" for name in names)
