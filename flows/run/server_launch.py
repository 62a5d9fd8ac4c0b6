"""Starts the process of a run's server: in its turn, or early, while Prefect's own server starts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from flows.run.background import in_background
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from tasks.config.server import EndpointServer, ManagedServer
from tasks.errors import ServegaugeError
from tasks.probe.ready import wait_ready
from tasks.provision.on_hand import environment_and_model_on_hand
from tasks.provision.provisioned import Environment, Model
from tasks.serve.gpu_lease import lease_for
from tasks.serve.launch import ServerSetup
from tasks.serve.process import ServerProcess, serving


class Launched(NamedTuple):
    """A process that was started. `ready`: the seconds from there, once the server is ready."""

    process: ServerProcess
    ready: Future[float]


@dataclass
class _EarlyLaunch:
    """A server that was started early. `ending`: ends it, until `launched` takes both over."""

    server: Launched | None
    ending: ExitStack


_early: ContextVar[_EarlyLaunch | None] = ContextVar("early_launch", default=None)


@contextmanager
def launched(run: Run, provided: tuple[Environment, Model], warnings: RunWarnings) -> Iterator[Launched]:
    """Start a run's server, or take over the one that was started early; end it at the end of the block."""
    early = _early.get()
    if early is None or early.server is None:
        with _started(run, provided, warnings) as server:
            yield server
        return
    server, early.server = early.server, None
    with early.ending.pop_all():
        yield server


@contextmanager
def launch_early(run: Run, warnings: RunWarnings) -> Iterator[None]:
    """Start a run's server before the block, in which `launched` takes it over; end it if none does.

    Does nothing if something must be built or downloaded first. An error is left to `launched`, whose caller
    reports it.
    """
    with ExitStack() as ending:
        server = None
        if not isinstance(run.spec.server, EndpointServer):
            with suppress(ServegaugeError):
                provided = environment_and_model_on_hand(served(run), run.spec.environment)
                if provided:
                    server = ending.enter_context(_started(run, provided, warnings))
        token = _early.set(_EarlyLaunch(server, ending))
        try:
            yield
        finally:
            _early.reset(token)


def served(run: Run) -> ManagedServer:
    """Return the server of a run's spec with the model revision that was planned and is recorded.

    The hub's branch may have changed since.
    """
    assert not isinstance(run.spec.server, EndpointServer)
    return run.spec.server.model_copy(update={"revision": run.subject.model_revision})


@contextmanager
def _started(run: Run, provided: tuple[Environment, Model], warnings: RunWarnings) -> Iterator[Launched]:
    """Lock the GPUs and start the server. The server ends before the GPUs are unlocked."""
    server, (environment, model) = served(run), provided
    with lease_for(server, environment, partial(warnings.add, "serve")) as lease:
        setup = ServerSetup(
            server=server,
            model=model,
            environment=environment,
            log=run.folder / "server.log",
            name=run.id,
            lease=lease,
        )
        with serving(setup) as process:
            ready = partial(
                wait_ready, process.endpoint, process.check, server.startup_timeout_s, log=process.log
            )
            yield Launched(process, in_background(ready))
