"""Makes the Endpoint of a server: of one that a spec names by its URL, or of one that was started here."""

from __future__ import annotations

import os

from pydantic import SecretStr

from tasks.config.server import EndpointServer, ManagedServer
from tasks.errors import InputError
from tasks.provision.provisioned import Model
from tasks.serve.endpoint import Endpoint
from tasks.serve.engines.registry import engine_of
from tasks.serve.loopback import HOST


def endpoint_of(server: EndpointServer) -> Endpoint:
    """Return the endpoint of a server that was started elsewhere.

    Raises:
        InputError: the variable that `server.api_key_env` names is not set.
    """
    return Endpoint(
        url=server.base_url,
        model=server.model,
        tokenizer=server.tokenizer or server.model,
        answers_as=server.answers_as,
        api_key=_key_from_environment(server.api_key_env),
    )


def endpoint_at(port: int, server: ManagedServer, model: Model, api_key: SecretStr) -> Endpoint:
    """Return the endpoint of a server that was started here on 127.0.0.1:`port`."""
    engine = engine_of(server)
    return Endpoint(
        url=f"http://{HOST}:{port}/v1",
        model=server.name,
        tokenizer=server.tokenizer or model.tokenizer,
        answers_as=server.answers_as,
        health=engine.health_path,
        api_key=api_key if engine.key_variable else None,
    )


def _key_from_environment(variable: str | None) -> SecretStr | None:
    if not variable:
        return None
    key = os.environ.get(variable)
    if not key:
        raise InputError(
            f"server.api_key_env names {variable}, which is not set",
            f"set {variable} to the server's key, or leave the field out",
        )
    return SecretStr(key)
