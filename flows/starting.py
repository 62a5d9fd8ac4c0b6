"""From nothing to a server that answers: environment, model, flags, GPUs, start, probe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TypeVar

from flows import show
from flows.loglines import passed_on
from flows.run import Run
from tasks.config.server import OwnServer
from tasks.probe.results import Reading
from tasks.probe.task import Probed, probe
from tasks.provision.model import prefetch_model
from tasks.provision.results import Environment, Model
from tasks.provision.task import provision_environment, provision_model
from tasks.record.recording import record_telemetry
from tasks.record.store import Store
from tasks.serve.flags import ask_flags, check_flags
from tasks.serve.gpu_lease import Lease, leased
from tasks.serve.launch import Order
from tasks.serve.process import ServerProcess, serving
from tasks.serve.results import Endpoint

Made = TypeVar("Made")


@contextmanager
def started(run: Run, server: OwnServer, warnings: list[str]) -> Iterator[ServerProcess]:
    """A server that answers, gone when the block is left."""
    # What was planned and recorded is served: the hub's branch may have moved since.
    server = server.model_copy(update={"revision": run.subject.model_revision})
    environment, model = _provisioned(run, server)
    log = run.folder / "server.log"
    with gpus_for(server, environment, lambda text: show.warning("serve", text, warnings)) as lease:
        show.stage("serve", f"{environment.build.engine} {environment.build.version} starts, log {log}")
        order = Order(server=server, model=model, environment=environment, log=log, name=run.id, lease=lease)
        with passed_on(log, show.lines_of("server")), serving(order) as process:
            probed_start(run, process)
            yield process
        show.stage("serve", "stopped")


def gpus_for(
    server: OwnServer, environment: Environment, say: Callable[[str], None]
) -> AbstractContextManager[Lease]:
    """The server's GPUs, or none for an engine that computes on the CPU."""
    if environment.build.device == "cpu":
        return nullcontext(Lease())
    return leased(server, say)


def probed_start(run: Run, process: ServerProcess) -> None:
    """Wait until a server that was just started answers; show and record where its start-up time went."""
    found = probed(run, process.endpoint, process.check)
    times = {"total": found.ready_s or 0.0, **process.startup_times()}
    now = datetime.now(UTC)
    rows = [Reading(now, "server", f"startup_{name}_s", seconds) for name, seconds in times.items()]
    record_telemetry(Store(run.results), run.id, f"startup-{process.starts}", rows)
    show.stage("serve", "ready: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items()))


def probed(run: Run, endpoint: Endpoint, check: Callable[[], None]) -> Probed:
    """Ask a server who it is, and one question of each kind that the run needs."""
    with show.bar("probe", f"{endpoint.model} answers at {endpoint.url}"):
        return probe(run.spec, endpoint, check, run.folder / "server.log")


def _provisioned(run: Run, server: OwnServer) -> tuple[Environment, Model]:
    """A hub's model comes while the environment is built, the engine's flags while the model is."""
    fetched = _meanwhile(lambda: prefetch_model(server))
    with show.bar("provision", f"environment {run.spec.environment or 'none'}"):
        environment = provision_environment(server, run.spec.environment)
    flags = _meanwhile(lambda: ask_flags(environment))
    if not fetched.done():  # a wrong flag need not wait for all of the model
        check_flags(server, environment.build, flags.result())
    with show.bar("provision", f"model {server.model}"):
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
