"""Applies to a spec the Prefect blocks that it names. Secrets are set only in this process's environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from prefect.blocks.core import Block

from blocks.credentials import (
    EndpointCredentials,
    MLflowCredentials,
    ModelHub,
    SwanLabCredentials,
    Variables,
)
from blocks.hosts import ResultStore, ServingHost
from tasks.config.block_names import Blocks
from tasks.config.results_location import ResultsLocation
from tasks.config.server import EndpointServer, ManagedServer, StartedServer
from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.measure.processes import fork_server

Kind = TypeVar("Kind", bound=Block)


@contextmanager
def with_blocks(spec: Spec, results: ResultsLocation) -> Iterator[tuple[Spec, ResultsLocation]]:
    """Yield the spec and results location with the named blocks applied. Set their variables in the block.

    Raises:
        InputError: Prefect's server has no block of that type and name.
    """
    names = spec.blocks
    spec, variables = _with_account(spec)
    spec, mlflow_variables = _with_mlflow(spec)
    variables |= mlflow_variables
    if isinstance(spec.server, StartedServer):
        spec, hub_variables = _with_hub(spec, spec.server)
        variables |= hub_variables
    if isinstance(spec.server, EndpointServer):
        spec, endpoint_variables = _with_endpoint(spec, spec.server)
        variables |= endpoint_variables
    if isinstance(spec.server, StartedServer):
        spec = _with_host(spec, spec.server)
    with _environment_variables(variables), with_results(names, results) as results:
        if variables or names.results:
            # Load processes inherit the fork server's variables, and its libraries read some of them on
            # import. So the fork server is restarted.
            fork_server.shut_down()
            fork_server.warm_up()
        yield spec, results


def _with_account(spec: Spec) -> tuple[Spec, Variables]:
    """Return the spec with its SwanLab account, and the account's variables."""
    name, settings = spec.blocks.swanlab, spec.track.swanlab
    if not name:
        return spec, Variables()
    account = _load(SwanLabCredentials, name)
    track = spec.track.model_copy(update={"swanlab": account.config(settings)})
    return spec.model_copy(update={"track": track}), account.variables(settings)


def _with_mlflow(spec: Spec) -> tuple[Spec, Variables]:
    """Return the spec with the address of its MLflow server, and the server's variables."""
    if not spec.blocks.mlflow:
        return spec, Variables()
    server = _load(MLflowCredentials, spec.blocks.mlflow)
    track = spec.track.model_copy(update={"mlflow": server.config(spec.track.mlflow)})
    return spec.model_copy(update={"track": track}), server.variables()


def _with_hub(spec: Spec, server: ManagedServer) -> tuple[Spec, Variables]:
    """Return the spec with the hub of its model, and the hub's variables."""
    if not spec.blocks.hub:
        return spec, Variables()
    hub = _load(ModelHub, spec.blocks.hub)
    return spec.model_copy(update={"server": hub.config(server)}), hub.variables()


def _with_endpoint(spec: Spec, server: EndpointServer) -> tuple[Spec, Variables]:
    """Return the spec with the names of the endpoint's secret headers, and the variables of its secrets."""
    if not spec.blocks.endpoint:
        return spec, Variables()
    credentials = _load(EndpointCredentials, spec.blocks.endpoint)
    return spec.model_copy(update={"server": credentials.config(server)}), credentials.variables()


def _with_host(spec: Spec, server: ManagedServer) -> Spec:
    """Return the spec with the GPUs, environment and variables of the machine that runs the server."""
    if not spec.blocks.host:
        return spec
    host = _load(ServingHost, spec.blocks.host)
    environment = host.environment or spec.environment
    return spec.model_copy(update={"server": host.config(server), "environment": environment})


@contextmanager
def with_results(names: Blocks, results: ResultsLocation) -> Iterator[ResultsLocation]:
    """Yield the location of the named block, or else `results`; the block's variables are set meanwhile.

    Raises:
        InputError: Prefect's server has no such block.
    """
    if names.results is None:
        yield results
        return
    store = _load(ResultStore, names.results)
    with _environment_variables(store.variables()):
        yield store.config()


def _load(kind: type[Kind], name: str) -> Kind:
    try:
        block = kind.load(name)
    except ValueError:
        slug = kind.get_block_type_slug()
        raise InputError(
            f"no block {slug}/{name} on Prefect's server", "run `servegauge blocks`, then create it in the UI"
        ) from None
    assert isinstance(block, kind)
    return block


@contextmanager
def _environment_variables(variables: Variables) -> Iterator[None]:
    previous_values = {name: os.environ.get(name) for name in variables}
    os.environ.update({name: value.get_secret_value() for name, value in variables.items()})
    try:
        yield
    finally:
        for name, value in previous_values.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
