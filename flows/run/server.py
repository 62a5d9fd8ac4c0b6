"""The server of one run, ours or another's, as the measuring stages see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flows.run.context import Run
from flows.run.server_start import probed, probed_start, started_server
from flows.ui import console
from tasks.config.server import EndpointServer, StartedServer
from tasks.errors import RecordError, ServerDied
from tasks.measure.processes import pool
from tasks.probe.health_watch import HealthWatch, watching_health
from tasks.probe.sampler import Source
from tasks.probe.sources import listener, sources
from tasks.probe.stall_watch import StallWatch, watching_progress
from tasks.serve.endpoint import Endpoint
from tasks.serve.find_endpoint import endpoint_of
from tasks.serve.process import ServerProcess

Measured = TypeVar("Measured")


class ServerSession:
    """A server that answers. `check` raises ServerDied once it is gone, silent or stalled."""

    def __init__(
        self, run: Run, process: ServerProcess | None, endpoint: Endpoint | None, warnings: list[str]
    ) -> None:
        self._run, self._process, self._endpoint, self._warnings = run, process, endpoint, warnings
        self._restarted = False
        self._watch: HealthWatch | None = None
        self._progress: StallWatch | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where it answers now; another address after a restart."""
        if self._process:
            return self._process.endpoint
        if self._endpoint is None:
            raise RecordError(
                f"a recorded figure in {self._run.results} can no longer be read",
                "measure again with --refresh",
            )
        return self._endpoint

    def sources(self) -> tuple[Source, ...]:
        """What to watch beside a measurement."""
        cards = self._process.cards if self._process else self._run.spec.server.gpus or ()
        pids = self._process.pids() if self._process else frozenset()
        return sources(self.endpoint, pids | listener(self.endpoint), cards)

    def check(self) -> None:
        """Raises ServerDied; never for a server that was not started here, whose requests fail instead."""
        if self._process:
            self._process.check()
        if self._watch:
            self._watch.check()
        if self._progress:
            self._progress.check()

    def noting(self, progress: Callable[[int, int], None], always: bool = True) -> Callable[[int, int], None]:
        """`progress`, by which we know as well that the server has work; not where requests may pause."""

        def moved(done: int, total: int) -> None:
            if self._progress:
                self._progress.busy = always and done < total
            progress(done, total)

        return moved

    def confirm(self) -> None:
        """Return when the server answers now: requests that failed were its answers, not its death.

        Raises:
            ServerDied: as `check`.
        """
        if self._process and self._watch:
            self._watch.confirm(self._process.check)

    def measured(self, measure: Callable[[int], Measured]) -> Measured:
        """Call `measure(attempt)`; where the server died under it, once more on a restarted one.

        Raises:
            ServerDied: a second death in this run.
        """
        try:
            return self._watched(measure, 1)
        except ServerDied as died:
            if self._restarted or not self._process:
                raise
            self._restarted = True
            console.warning("serve", f"{died.what}; restarting it once", self._warnings)
            self._process.restart()
            probed_start(self._run, self._process)
            return self._watched(measure, 2)

    def _watched(self, measure: Callable[[int], Measured], attempt: int) -> Measured:
        server = self._run.spec.server
        if not self._process or not isinstance(server, StartedServer):
            return measure(attempt)
        endpoint = self._process.endpoint
        with (
            watching_health(endpoint, server.hang_timeout_s) as self._watch,
            watching_progress(endpoint, server.stall_timeout_s) as self._progress,
        ):
            try:
                return measure(attempt)
            finally:
                self._watch = self._progress = None


@contextmanager
def open_server(run: Run, warnings: list[str] | None = None) -> Iterator[ServerSession]:
    """Everything from the environment to a server that answers; all of it ended on the way out.

    `warnings` is added to, on the way out too.
    """
    kept = [] if warnings is None else warnings
    pool.warm_up()  # it ends with this process, and serves the next run of it too
    if isinstance(run.spec.server, EndpointServer):
        endpoint = endpoint_of(run.spec.server)
        probed(run, endpoint, lambda: None)
        yield ServerSession(run, None, endpoint, kept)
    else:
        with started_server(run, run.spec.server, kept) as process:
            yield ServerSession(run, process, process.endpoint, kept)


@contextmanager
def no_server(run: Run) -> Iterator[ServerSession]:
    """No server: everything is recorded already."""
    yield ServerSession(run, None, None, [])
