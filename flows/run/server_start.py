"""The start of a run's server: environment, model, flags, GPUs, process, health check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flows.run.background import in_background, result_of
from flows.run.health_check import Health, check_health
from flows.run.provision import provision_environment, provision_model
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.run.server_launch import launched, served
from flows.run.startup import Startup, start_server
from flows.ui import console
from flows.ui.log_follow import follow_log
from tasks.config.server import ManagedServer
from tasks.probe.reading import Reading
from tasks.provision.model import prefetch_model
from tasks.provision.provisioned import Environment, Model
from tasks.record.store import Store
from tasks.record.write_run import record_telemetry
from tasks.serve.endpoint import Conventions, Endpoint
from tasks.serve.flags import ask_flags, check_flags
from tasks.serve.process import ServerProcess


@contextmanager
def started_server(
    run: Run, server: ManagedServer, warnings: RunWarnings
) -> Iterator[tuple[ServerProcess, Conventions]]:
    """Provision and start a server, and wait until it answers; stop it at the end of the block.

    Yields the process, and what the health check found out about its API.
    """
    environment, model = provision(run, served(run))
    log = run.folder / "server.log"
    console.stage("serve", f"{environment.build.engine} {environment.build.version} starts, log {log}")
    # The log is followed until the server is stopped: the errors of a stop that was asked for are noise.
    with (
        launched(run, (environment, model), warnings) as (process, ready),
        follow_log(log, console.line_logger("server"), from_start=True),  # it may have started early
    ):
        with console.bar("serve", f"ready at {process.endpoint.url}"):
            startup = start_server(process, ready)
        health = check_startup(run, process, startup)
        add_warnings(warnings, health)
        yield process, health.conventions
    console.stage("serve", "stopped")


def add_warnings(warnings: RunWarnings, health: Health) -> None:
    """Show the health check's warnings and keep them with the run."""
    for text in health.warnings:
        warnings.add("health", text)


def check_startup(run: Run, process: ServerProcess, startup: Startup) -> Health:
    """Show and record the phases of a start, and check the server's health."""
    now, phases = datetime.now(UTC), startup.seconds.items()
    rows = [Reading(now, "server", f"startup_{name}_s", seconds) for name, seconds in phases]
    record_telemetry(Store(run.results), run.id, f"startup-{process.starts}", rows)
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in phases)
    console.stage("serve", f"startup: {parts}")
    return check_endpoint(run, startup.endpoint, process.check)


def check_endpoint(run: Run, endpoint: Endpoint, check: Callable[[], None]) -> Health:
    """Check the server's model, and send one request of each kind that the run sends."""
    with console.bar("health", f"{endpoint.model} answers at {endpoint.url}"):
        return check_health(run.spec, endpoint, check)


def provision(run: Run, server: ManagedServer) -> tuple[Environment, Model]:
    """Provide environment and model.

    The model is fetched while the environment is built, and the engine's flags are read while the model is
    provided.
    """
    prefetch = in_background(lambda: prefetch_model(server))
    with console.bar("provision", f"environment {run.spec.environment or 'none'}"):
        environment = provision_environment(server, run.spec.environment)
    flags = in_background(lambda: ask_flags(environment))
    if not prefetch.done():  # report a wrong flag before the download ends
        check_flags(server, environment.build, result_of(flags))
    with console.bar("provision", f"model {server.model}"):
        prefetch.exception()  # only wait: the task below raises the download's error, and retries
        model = provision_model(server, environment)
    check_flags(server, environment.build, result_of(flags))
    return environment, model
