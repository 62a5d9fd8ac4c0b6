"""From nothing to a server that answers: environment, model, flags, GPUs, start, probe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from flows.run.context import Run
from flows.run.health_check import Probed, probe
from flows.run.provision import provision_environment, provision_model
from flows.ui import console
from flows.ui.log_follow import follow_log
from tasks.config.server import OwnServer
from tasks.probe.reading import Reading
from tasks.provision.model import prefetch_model
from tasks.provision.provisioned import Environment, Model
from tasks.record.store import Store
from tasks.record.write_run import record_telemetry
from tasks.serve.endpoint import Endpoint
from tasks.serve.flags import ask_flags, check_flags
from tasks.serve.gpu_lease import gpus_for
from tasks.serve.launch import Order
from tasks.serve.process import ServerProcess, serving

Made = TypeVar("Made")


@contextmanager
def started_server(run: Run, server: OwnServer, warnings: list[str]) -> Iterator[ServerProcess]:
    """A server that answers, gone when the block is left."""
    # What was planned and recorded is served: the hub's branch may have moved since.
    server = server.model_copy(update={"revision": run.subject.model_revision})
    environment, model = _provisioned(run, server)
    log = run.folder / "server.log"
    with gpus_for(server, environment, lambda text: console.warning("serve", text, warnings)) as lease:
        console.stage("serve", f"{environment.build.engine} {environment.build.version} starts, log {log}")
        order = Order(server=server, model=model, environment=environment, log=log, name=run.id, lease=lease)
        with follow_log(log, console.lines_of("server")), serving(order) as process:
            probed_start(run, process)
            yield process
        console.stage("serve", "stopped")


def probed_start(run: Run, process: ServerProcess) -> None:
    """Wait until a server that was just started answers; show and record where its start-up time went."""
    found = probed(run, process.endpoint, process.check)
    times = {"total": found.ready_s or 0.0, **process.startup_times()}
    now = datetime.now(UTC)
    rows = [Reading(now, "server", f"startup_{name}_s", seconds) for name, seconds in times.items()]
    record_telemetry(Store(run.results), run.id, f"startup-{process.starts}", rows)
    console.stage(
        "serve", "ready: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items())
    )


def probed(run: Run, endpoint: Endpoint, check: Callable[[], None]) -> Probed:
    """Ask a server who it is, and one question of each kind that the run needs."""
    with console.bar("probe", f"{endpoint.model} answers at {endpoint.url}"):
        return probe(run.spec, endpoint, check, run.folder / "server.log")


def _provisioned(run: Run, server: OwnServer) -> tuple[Environment, Model]:
    """A hub's model comes while the environment is built, the engine's flags while the model is."""
    fetched = _meanwhile(lambda: prefetch_model(server))
    with console.bar("provision", f"environment {run.spec.environment or 'none'}"):
        environment = provision_environment(server, run.spec.environment)
    flags = _meanwhile(lambda: ask_flags(environment))
    if not fetched.done():  # a wrong flag need not wait for all of the model
        check_flags(server, environment.build, flags.result())
    with console.bar("provision", f"model {server.model}"):
        # Its failure is met again by the task, which tries again.
        fetched.exception()
        model = provision_model(server, environment)
    check_flags(server, environment.build, flags.result())
    return environment, model


def _meanwhile(make: Callable[[], Made]) -> Future[Made]:
    """Do something in a thread that keeps no process alive: it holds nothing that must be put away."""
    future: Future[Made] = Future()

    def work() -> None:
        try:
            future.set_result(make())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, name="meanwhile", daemon=True).start()
    return future
