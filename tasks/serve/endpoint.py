"""How to ask a server that was not started here."""

from __future__ import annotations

import os

from pydantic import SecretStr

from tasks.config.server import EndpointServer
from tasks.errors import InputError
from tasks.serve.results import Endpoint


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
    return Endpoint(url=server.base_url, model=server.model, tokenizer=tokenizer, api_key=key)
