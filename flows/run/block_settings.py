"""The blocks that a spec names: loaded as the run starts, their secrets only in this process' variables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from prefect.blocks.core import Block

from blocks.credentials import ModelHub, SwanLabCredentials, Variables
from blocks.hosts import ResultStore, ServingHost
from tasks.config.block_names import Blocks
from tasks.config.results_location import ResultsLocation
from tasks.config.server import StartedServer
from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.measure.processes import pool

Kind = TypeVar("Kind", bound=Block)


@contextmanager
def with_blocks(spec: Spec, results: ResultsLocation) -> Iterator[tuple[Spec, ResultsLocation]]:
    """The spec and the results folder as the named blocks have them, their variables set meanwhile.

    Raises:
        InputError: no block of that type and name.
    """
    named, variables = spec.blocks, Variables()
    if named.swanlab:
        account = _load(SwanLabCredentials, named.swanlab)
        variables |= account.variables(spec.track.swanlab)
        track = spec.track.model_copy(update={"swanlab": account.config(spec.track.swanlab)})
        spec = spec.model_copy(update={"track": track})
    if named.hub and isinstance(spec.server, StartedServer):
        hub = _load(ModelHub, named.hub)
        variables |= hub.variables()
        spec = spec.model_copy(update={"server": hub.config(spec.server)})
    if named.host and isinstance(spec.server, StartedServer):
        host = _load(ServingHost, named.host)
        environment = host.environment or spec.environment
        spec = spec.model_copy(update={"server": host.config(spec.server), "environment": environment})
    with _set(variables), with_results(named, results) as results:
        if variables or named.results:
            # Measuring processes have those of their fork server, whose libraries read some on import.
            pool.shut_down()
            pool.warm_up()
        yield spec, results


@contextmanager
def with_results(named: Blocks, results: ResultsLocation) -> Iterator[ResultsLocation]:
    """Where the tables go, as the named block has it, its variables set meanwhile.

    Raises:
        InputError: no such block.
    """
    if named.results is None:
        yield results
        return
    store = _load(ResultStore, named.results)
    with _set(store.variables()):
        yield store.config()


def _load(kind: type[Kind], name: str) -> Kind:
    try:
        found = kind.load(name)
    except ValueError:
        slug = kind.get_block_type_slug()
        raise InputError(
            f"no block {slug}/{name} on Prefect's server", "run `servegauge blocks`, then make it in the UI"
        ) from None
    assert isinstance(found, kind)
    return found


@contextmanager
def _set(variables: Variables) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: value.get_secret_value() for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
