"""An OpenAI-compatible endpoint: its addresses, its model and its key."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from tasks.config.base import Frozen
from tasks.serve.loopback import is_loopback

RequestKind = Literal["completions", "chat"]
PATHS: dict[RequestKind, str] = {"completions": "completions", "chat": "chat/completions"}
"""Paths of the OpenAI API below its version."""


class Endpoint(Frozen):
    """An OpenAI-compatible server and how to send requests to it.

    Attributes:
        url: the address up to and with the API's version (`…/v1`), without a slash at the end.
        model: the model name that requests carry.
        tokenizer: folder or hub id of the model's tokenizer.
        answers_as: the model name that responses carry where it differs from `model`.
        health: the path that answers 200 when the server is ready.
        api_key: the key that requests must carry; None where the server asks for none.
    """

    url: str
    model: str
    tokenizer: str
    answers_as: str | None = None
    health: str = "/health"
    api_key: SecretStr | None = None

    @property
    def root(self) -> str:
        """The address without `/v1`, under which /health and /metrics are."""
        return self.url.removesuffix("/v1")

    @property
    def health_url(self) -> str:
        """The address of the health check."""
        return f"{self.root}{self.health}"

    @property
    def is_local(self) -> bool:
        """Whether the address is a loopback address of this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def headers(self) -> dict[str, str]:
        """The authorization header; empty where the server asks for no key."""
        return {"Authorization": f"Bearer {self.api_key.get_secret_value()}"} if self.api_key else {}

    def url_of(self, kind: RequestKind) -> str:
        """Return the address for requests of one kind."""
        return f"{self.url}/{PATHS[kind]}"

    def model_mismatch(self, response_model: object) -> str | None:
        """Return an error message if a response names another model; None if it names this one or none."""
        expected = self.answers_as or self.model
        if response_model in (None, "", expected):
            return None
        return f"the answer is of model {response_model!r}, not {expected!r}"
