"""The server of one run, ours or another's, as the measuring stages see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from flows import show
from flows.run import Run
from flows.starting import probed, probed_start, started
from tasks.config.server import EndpointServer
from tasks.errors import RecordError, ServerDied
from tasks.measure import pool
from tasks.probe.watch import Watch, watching
from tasks.serve.endpoint import endpoint_of
from tasks.serve.process import ServerProcess
from tasks.serve.results import Endpoint

Measured = TypeVar("Measured")


class Session:
    """A server that answers. `check` raises ServerDied once it is gone or silent."""

    def __init__(self, run: Run, process: ServerProcess | None, endpoint: Endpoint | None) -> None:
        self._run, self._process, self._endpoint = run, process, endpoint
        self._restarted = False
        self._watch: Watch | None = None

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

    def check(self) -> None:
        """Raises ServerDied; never for a server that was not started here, whose requests fail instead."""
        if self._process:
            self._process.check()
        if self._watch:
            self._watch.check()

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
            show.stage("serve", f"[yellow]{died.what}; restarting it once[/]")
            self._process.restart()
            probed_start(self._run, self._process)
            return self._watched(measure, 2)

    def _watched(self, measure: Callable[[int], Measured], attempt: int) -> Measured:
        with watching(self._process.endpoint) if self._process else nullcontext() as self._watch:
            try:
                return measure(attempt)
            finally:
                self._watch = None


@contextmanager
def session(run: Run) -> Iterator[Session]:
    """Everything from the environment to a server that answers; all of it ended on the way out."""
    pool.warm_up()  # it ends with this process, and serves the next run of it too
    if isinstance(run.spec.server, EndpointServer):
        endpoint = endpoint_of(run.spec.server)
        probed(run, endpoint, lambda: None)
        yield Session(run, None, endpoint)
    else:
        with started(run, run.spec.server) as process:
            yield Session(run, process, process.endpoint)


@contextmanager
def reusing(run: Run) -> Iterator[Session]:
    """No server: everything is recorded already."""
    yield Session(run, None, None)
