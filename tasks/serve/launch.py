"""Makes the commands that start and stop a server from its setup."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import Field, SecretStr

from tasks.config.base import Frozen
from tasks.config.server import ManagedServer
from tasks.provision.provisioned import Environment, Image, Model
from tasks.serve.argv import engine_variables, serve_argv, server_env
from tasks.serve.container import Container, container_argv, kill_argv, pid_argv, stop_argv
from tasks.serve.gpu_choice import gpu_variables
from tasks.serve.gpu_lease import Lease


class ServerSetup(Frozen):
    """The setup of a server: everything that is needed to start it.

    Attributes:
        server: the spec's server.
        model: the model on disk.
        environment: the serving environment.
        log: the file that the server's output is appended to.
        name: part of a container's name.
        lease: the server's GPUs.
        api_key: the key that clients must send.
        grace_s: seconds between SIGTERM and SIGKILL when the server is stopped.
        inherited_env: variables of this process; the server gets all but the withheld ones.
    """

    server: ManagedServer
    model: Model
    environment: Environment
    log: Path
    name: str = "server"
    lease: Lease = Lease()
    api_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(32)))
    grace_s: float = 10.0
    inherited_env: dict[str, str] = Field(default_factory=lambda: dict(os.environ), repr=False)


class Launch(Frozen):
    """A server's command with its environment variables.

    A container's processes are not descendants of this process. For a container, `stop_argv` stops it,
    `kill_argv` kills it, and `pid_argv` prints the id of its first process. Otherwise all three are empty.
    """

    argv: tuple[str, ...]
    env: dict[str, str] = Field(repr=False)
    stop_argv: tuple[str, ...] = ()
    kill_argv: tuple[str, ...] = ()
    pid_argv: tuple[str, ...] = ()


def launch_of(setup: ServerSetup, port: int) -> Launch:
    """Return the commands for a server on 127.0.0.1:`port`.

    Raises:
        InputError: the spec's flags, variables or program are refused.
    """
    server, model, environment = setup.server, setup.model, setup.environment
    inherited = setup.inherited_env | gpu_variables(setup.lease.gpus)
    env = server_env(server, model, environment, setup.api_key.get_secret_value(), inherited)
    if environment.image is None:
        return Launch(argv=serve_argv(server, model, environment, port), env=env)
    return _container_launch(setup, environment.image, port, env)


def _container_launch(setup: ServerSetup, image: Image, port: int, env: dict[str, str]) -> Launch:
    variables = engine_variables(setup.server, setup.model, setup.api_key.get_secret_value())
    container = Container(
        image=image,
        # A new name for each start, because the previous container may still exist.
        name=f"servegauge-{setup.name}-{secrets.token_hex(4)}",
        port=port,
        gpus=setup.lease.gpus,
        variables=tuple(variables),
    )
    return Launch(
        argv=container_argv(container, setup.server, setup.model),
        env=env,
        stop_argv=stop_argv(container, setup.grace_s),
        kill_argv=kill_argv(container),
        pid_argv=pid_argv(container),
    )
