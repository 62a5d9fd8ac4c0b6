"""The server of one run, started here or elsewhere, as the measuring stages use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.run.endpoint_turn import endpoint_turn
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.run.server_start import add_warnings, check_endpoint, check_startup, started_server
from flows.run.startup import restart_server
from flows.ui import console
from tasks.config.server import EndpointServer, StartedServer
from tasks.errors import RecordError, ServerDied
from tasks.measure.processes import fork_server
from tasks.probe.health_watch import HealthWatch, watching_health
from tasks.probe.sampler import Source
from tasks.probe.sources import gpu_sources, listening_pids, telemetry_sources
from tasks.probe.stall_watch import StallWatch, watching_stalls
from tasks.serve.endpoint import Endpoint
from tasks.serve.find_endpoint import endpoint_of
from tasks.serve.process import ServerProcess

Progress = Callable[[int, int], None]


class RunServer:
    """A server that answers; `process` is None if the server was started elsewhere.

    `endpoint` is None if the run needs no server, because everything is recorded already. Otherwise it has
    the conventions that the health check found.
    """

    def __init__(
        self, run: Run, process: ServerProcess | None, endpoint: Endpoint | None, warnings: RunWarnings
    ) -> None:
        self._run, self._process, self._endpoint, self._warnings = run, process, endpoint, warnings
        self._restarted = False
        self._health: HealthWatch | None = None
        self._stall: StallWatch | None = None

    @property
    def endpoint(self) -> Endpoint:
        """The server's current endpoint. The address changes when the server restarts.

        Raises:
            RecordError: the run needed no server, but a recorded figure can no longer be read.
        """
        if self._process and self._endpoint:
            conventions = self._endpoint.conventions
            return self._process.endpoint.model_copy(update={"conventions": conventions})
        if self._endpoint is None:
            raise RecordError(
                f"a recorded figure in {self._run.results} can no longer be read",
                "measure again with --refresh",
            )
        return self._endpoint

    def sources(self) -> tuple[Source, ...]:
        """What to sample during a measurement: the server, its processes, its GPUs and the machine."""
        return telemetry_sources(self.endpoint, *self._pids_and_gpus())

    def gpu_sources(self) -> tuple[Source, ...]:
        """What to sample while questions are asked, which may take hours: the GPUs, once a second."""
        return gpu_sources(*self._pids_and_gpus(), interval_s=1.0)

    def _pids_and_gpus(self) -> tuple[frozenset[int], tuple[int, ...]]:
        gpu_indices = self._process.gpu_indices if self._process else self._run.spec.server.gpus or ()
        pids = self._process.pids() if self._process else frozenset()
        return pids | listening_pids(self.endpoint), gpu_indices

    def check(self) -> None:
        """Raise ServerDied if the server has failed. A server that was started elsewhere is not checked.

        Raises:
            ServerDied: the server's process ended, /health is not answered, or the metrics stopped changing.
        """
        if self._process:
            self._process.check()
        if self._health:
            self._health.check()
        if self._stall:
            self._stall.check()

    def tracked(self, progress: Progress, always_busy: bool = True) -> Progress:
        """Wrap a progress callback, so that the stall watch knows when requests are in flight.

        Args:
            progress: called with the number of finished requests and the number of all requests.
            always_busy: a request is in flight at all times until the last one has ended.
        """

        def update(done: int, total: int) -> None:
            if self._stall:
                self._stall.busy = always_busy and done < total
            progress(done, total)

        return update

    def confirm_alive(self) -> None:
        """Return once the server has answered /health again. Its failed requests then count as results.

        Raises:
            ServerDied: as `check`.
        """
        if self._process and self._health:
            self._health.confirm(self._process.check)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch the server's health and progress inside the block, so that `check` can report them.

        Does nothing for a server that was started elsewhere.
        """
        server = self._run.spec.server
        if not self._process or not isinstance(server, StartedServer):
            yield
            return
        endpoint = self._process.endpoint
        with (
            watching_health(endpoint, server.hang_timeout_s) as self._health,
            watching_stalls(endpoint, server.stall_timeout_s) as self._stall,
        ):
            try:
                yield
            finally:
                self._health = self._stall = None

    def restart(self, died: ServerDied) -> None:
        """Start the server again after its first death, and wait until it answers.

        Raises:
            ServerDied: `died` itself, if the server was restarted before or was not started here.
            ServerStartError: the server does not become ready again.
        """
        server = self._run.spec.server
        if self._restarted or not self._process or not isinstance(server, StartedServer):
            raise died
        self._restarted = True
        self._warnings.add("serve", f"{died.what}; restarting it once")
        with console.bar("serve", "restarted"):
            startup = restart_server(self._process, server.startup_timeout_s)
        check_startup(self._run, self._process, startup)


@contextmanager
def open_server(run: Run, warnings: RunWarnings | None = None) -> Iterator[RunServer]:
    """Start the server of a run, or probe a server that runs elsewhere once no other run measures it.

    A server that was started here stops at the end of the block. Until then `warnings` may grow.
    """
    warnings = warnings or RunWarnings()
    fork_server.warm_up()  # the fork server lives as long as this process: later runs reuse it
    if isinstance(run.spec.server, EndpointServer):
        endpoint = endpoint_of(run.spec.server)
        with endpoint_turn(run, endpoint.url, warnings):
            health = check_endpoint(run, endpoint, lambda: None)
            add_warnings(warnings, health)
            endpoint = endpoint.model_copy(update={"conventions": health.conventions})
            yield RunServer(run, None, endpoint, warnings)
    else:
        with started_server(run, run.spec.server, warnings) as (process, conventions):
            endpoint = process.endpoint.model_copy(update={"conventions": conventions})
            yield RunServer(run, process, endpoint, warnings)


@contextmanager
def no_server(run: Run) -> Iterator[RunServer]:
    """Start nothing: everything is recorded already."""
    yield RunServer(run, None, None, RunWarnings())
