"""How to ask a server, ours or another's."""

from __future__ import annotations

import os

from pydantic import SecretStr

from tasks.config.server import CommandServer, EndpointServer, OwnServer
from tasks.errors import InputError
from tasks.provision.provisioned import Model
from tasks.serve.argv import HOST, key_variable
from tasks.serve.endpoint import Endpoint


def endpoint_of(server: EndpointServer) -> Endpoint:
    """Raises InputError where the variable that should hold the key is not set."""
    key = None
    if server.api_key_env:
        if not (text := os.environ.get(server.api_key_env)):
            raise InputError(
                f"server.api_key_env names {server.api_key_env}, which is not set",
                f"set {server.api_key_env} to the server's key, or leave the field out",
            )
        key = SecretStr(text)
    tokenizer = server.tokenizer or server.model
    return Endpoint(
        url=server.base_url,
        model=server.model,
        tokenizer=tokenizer,
        answers_as=server.answers_as,
        api_key=key,
    )


def endpoint_at(port: int, server: OwnServer, model: Model, key: SecretStr) -> Endpoint:
    """A server that was started here, on a port of this machine's own loopback."""
    return Endpoint(
        url=f"http://{HOST}:{port}/v1",
        model=server.name,
        tokenizer=server.tokenizer or model.tokenizer,
        answers_as=server.answers_as,
        health=server.ready if isinstance(server, CommandServer) else "/health",
        api_key=key if key_variable(server) else None,
    )
