"""From all that a server is started from to what is executed, as data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import Field, SecretStr

from tasks.config.base import Frozen
from tasks.config.server import OwnServer
from tasks.provision.provisioned import Environment, Model
from tasks.serve.argv import engine_variables, serve_argv, server_env
from tasks.serve.container import container_argv, first_argv, force_argv, stop_argv
from tasks.serve.gpu_choice import gpu_variables
from tasks.serve.gpu_lease import Lease


class Order(Frozen):
    """All that a server is started from.

    `name`: tells it from others on the machine. `log`: where its output goes. `grace_s`: seconds between
    asking it to end and forcing it. `base`: variables that it inherits. `key`: what clients must send.
    """

    server: OwnServer
    model: Model
    environment: Environment
    log: Path
    name: str = "server"
    lease: Lease = Lease()
    key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(32)))
    grace_s: float = 10.0
    base: dict[str, str] = Field(default_factory=lambda: dict(os.environ), repr=False)


class Launch(Frozen):
    """A command with its variables, and the commands that ask and force to end what signals do not reach.

    `first` prints the number of the first process of what is not a descendant of ours.
    """

    argv: tuple[str, ...]
    env: dict[str, str] = Field(repr=False)
    ask: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def launch(order: Order, port: int) -> Launch:
    """How `order` is carried out on 127.0.0.1:`port`.

    Raises:
        InputError: the spec's flags, variables or program are refused.
    """
    server, model, key = order.server, order.model, order.key.get_secret_value()
    base = order.base | gpu_variables(order.lease.cards)
    env = server_env(server, model, order.environment, key, base)
    image = order.environment.image
    if image is None:
        return Launch(argv=serve_argv(server, model, order.environment, port), env=env)
    # A name of its own for each start: the last one's container may still be on its way out.
    name = f"servegauge-{order.name}-{secrets.token_hex(4)}"
    variables = tuple(engine_variables(server, model, key))
    argv = container_argv(image, server, model, port, name, order.lease.cards, variables)
    return Launch(
        argv=argv,
        env=env,
        ask=stop_argv(image, name, order.grace_s),
        force=force_argv(image, name),
        first=first_argv(image, name),
    )
