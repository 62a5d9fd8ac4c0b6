"""Makes the Endpoint of a server that a spec names by its URL, or that the pipeline started."""

from __future__ import annotations

import os

from pydantic import SecretStr

from tasks.config.judge import Judge
from tasks.config.server import EndpointServer, ManagedServer
from tasks.errors import InputError
from tasks.provision.provisioned import Model
from tasks.serve.endpoint import Endpoint
from tasks.serve.engines.engine_registry import engine_of
from tasks.serve.loopback import HOST


def endpoint_of(server: EndpointServer) -> Endpoint:
    """Return the endpoint of a server that was started elsewhere.

    Raises:
        InputError: a variable that `server.api_key_env` or `server.headers` names is not set, or its value
            cannot be sent in a header.
    """
    key = _secret_in(server.api_key_env, "server.api_key_env") if server.api_key_env else None
    own_headers = {
        name: _secret_in(variable, f"server.headers.{name}") for name, variable in server.headers.items()
    }
    return Endpoint(
        url=server.base_url,
        query=server.query,
        model=server.model,
        tokenizer=server.tokenizer or server.model,
        answers_as=server.answers_as,
        api_key=key,
        own_headers=own_headers,
    )


def judge_endpoint(judge: Judge | None) -> Endpoint | None:
    """Return the endpoint of a model that judges answers; None without a judge.

    Raises:
        InputError: the variable that its `api_key_env` names is not set, or its value cannot be sent.
    """
    if judge is None:
        return None
    key = _secret_in(judge.api_key_env, "accuracy.judge.api_key_env") if judge.api_key_env else None
    return Endpoint(url=judge.url, model=judge.model, tokenizer="none", api_key=key)


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


def _secret_in(variable: str, field: str) -> SecretStr:
    """Return a variable's value, stripped. The value is sent in a header and appears in no message."""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise InputError(
            f"{field} names {variable}, which is not set",
            f"set {variable} to the value that the server wants, or leave it out",
        )
    if not (value.isascii() and value.isprintable()):
        raise InputError(
            f"{field} names {variable}, whose value holds a character that no header can carry",
            f"set {variable} to one line of ASCII characters",
        )
    return SecretStr(value)
