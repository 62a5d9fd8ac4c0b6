"""The turn of a run at a server that was started elsewhere: runs of one machine measure it one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.ui import console
from tasks.errors import EndpointError
from tasks.plan.subject import subject_of
from tasks.serve.endpoint_claim import claim_endpoint


@contextmanager
def endpoint_turn(run: Run, url: str, warnings: RunWarnings) -> Iterator[None]:
    """Wait until no other run of this machine measures the endpoint; other runs wait inside the block.

    Args:
        run: waits as it waits for the GPU slot: without a limit, until it is cancelled.
        url: the endpoint's base URL.
        warnings: get one if this machine has no locks; the run then goes on without its turn.

    Raises:
        EndpointError: the server has ended while the run waited, or another one was started at its address.
    """

    def say(holder: str) -> None:
        console.stage("queue", f"waiting for the endpoint {url}: {holder} measures it")

    with ExitStack() as stack:
        waited = False
        try:
            waited = stack.enter_context(claim_endpoint(url, run.id, say))
        except OSError as error:
            warnings.add("queue", f"whether another run measures {url} as well is unknown: {error}")
        if waited:
            console.stage("queue", f"holds the endpoint {url}")
            _check_same_server(run, url)
        yield


def _check_same_server(run: Run, url: str) -> None:
    """Raise EndpointError if the server is not the one that the run has planned to measure."""
    if subject_of(run.spec, run.resumes or run.id) != run.subject:
        raise EndpointError(
            f"the server at {url} was started anew while the run waited for it", "start the run again"
        )
