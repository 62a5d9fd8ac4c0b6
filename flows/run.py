"""A run: one execution of one spec, its id, its subject, and where its results go."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.server import EndpointServer, VllmServer
from tasks.config.spec import Spec
from tasks.plan import hardware
from tasks.plan.keys import content_of
from tasks.plan.subject import Hardware, Subject
from tasks.probe.identity import server_identity
from tasks.provision.model import model_identity
from tasks.provision.requirements import environment_build
from tasks.serve.endpoint import endpoint_of
from tasks.serve.gpu import gpus


class Run(Frozen):
    """What every stage of one run knows."""

    id: str
    spec: Spec
    subject: Subject
    results: Path
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Logs, reports and raw files of this run; the tables are in the results folder itself."""
        return self.results / "files" / self.id

    @property
    def spec_digest(self) -> str:
        """Tells two versions of a spec apart."""
        return hashlib.sha256(self.spec.model_dump_json().encode()).hexdigest()[:16]


def new_run(spec: Spec, results: Path) -> Run:
    """Name a run and find out what it measures. Starts nothing.

    Raises:
        InputError: the spec names an environment, a folder or a model that is not there.
        EndpointError: a running server does not answer.
    """
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
    return Run(
        id=run_id, spec=spec, subject=_subject(spec, run_id), results=results.resolve(), started_at=now
    )


def _subject(spec: Spec, run_id: str) -> Subject:
    if isinstance(spec.server, EndpointServer):
        return _remote_subject(spec.server, run_id)
    return _local_subject(spec.server, spec.environment or "current")


def _local_subject(server: VllmServer, environment: str) -> Subject:
    build, model = environment_build(environment), model_identity(server)
    return Subject(
        engine=build.engine,
        engine_version=build.version,
        environment_digest=build.digest,
        model=model.name,
        model_revision=model.revision,
        tokenizer=_tokenizer(server.tokenizer or ""),
        server_args=json.dumps(server.args, sort_keys=True),
        server_env=json.dumps(server.env, sort_keys=True),
        hardware=_hardware(server.gpus),
        client=client_version(),
    )


def _remote_subject(server: EndpointServer, run_id: str) -> Subject:
    """A server we did not start is known by its model, its version and the moment it was started.

    One that tells no start time cannot be told from another, so its figures are not reused.
    """
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
        hardware=_hardware(),
        client=client_version(),
    )


def _tokenizer(name: str) -> str:
    return content_of(str(Path(name) / "tokenizer.json")) if Path(name).is_dir() else name


def _hardware(used: tuple[int, ...] | None = None) -> Hardware:
    cards = [card for card in gpus() if used is None or card.index in used]
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
