"""An OpenAI-compatible endpoint: its addresses, its model, its headers and its conventions."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from tasks.config.base import Frozen
from tasks.serve.loopback import is_loopback

RequestKind = Literal["completions", "chat"]
PATHS: dict[RequestKind, str] = {"completions": "completions", "chat": "chat/completions"}
"""Paths of the OpenAI API below its version."""
MAX_TOKENS, MAX_COMPLETION_TOKENS = "max_tokens", "max_completion_tokens"
EXACT_LENGTH_FIELDS = ("ignore_eos", "min_tokens")
"""Fields that let a model generate exactly `max_tokens` tokens. They are no part of OpenAI's API."""
MASK = "***"
MASKED_LENGTH = 4
"""Minimum length of a masked value. Shorter values are no secrets; masking them would garble messages."""

_VERSION_AT_END = re.compile(r"/v\d+[a-z0-9]*$")


class Conventions(Frozen):
    """How a server differs from the usual OpenAI API. The probe determines this before any load.

    Attributes:
        max_completion_tokens: the kinds of requests whose length `max_completion_tokens` limits, because the
            server refuses `max_tokens`.
        keeps_connections: whether a connection can carry another request. False if the server closes it
            after each response without saying so in a header.
        refuses_exact_length: the kinds of requests that go without `ignore_eos` and `min_tokens`, because the
            server refuses these fields.
    """

    max_completion_tokens: frozenset[RequestKind] = frozenset()
    keeps_connections: bool = True
    refuses_exact_length: frozenset[RequestKind] = frozenset()


class Endpoint(Frozen):
    """An OpenAI-compatible server and how to send requests to it.

    Attributes:
        url: the address up to and with the API's version (`…/v1`), without a slash at the end and without a
            query.
        query: what follows `?` in the address of every request; empty for none.
        model: the model name that requests carry.
        tokenizer: folder or hub id of the model's tokenizer.
        answers_as: the model name that responses carry, if it differs from `model`.
        health: the path that answers 200 when the server is ready.
        api_key: the key that requests must carry; None if the server needs none.
        own_headers: further headers of every request, by name.
        conventions: the differences from OpenAI's API that the probe found.
    """

    url: str
    query: str = ""
    model: str
    tokenizer: str
    answers_as: str | None = None
    health: str = "/health"
    api_key: SecretStr | None = None
    own_headers: dict[str, SecretStr] = Field(default_factory=dict)
    conventions: Conventions = Conventions()

    @property
    def root(self) -> str:
        """The address without version and query. /health and /metrics are below it."""
        return _VERSION_AT_END.sub("", self.url)

    @property
    def ends_in_version(self) -> bool:
        """Whether the address ends as OpenAI's does, in `/v1` or another version."""
        return self.root != self.url

    @property
    def health_url(self) -> str:
        """The address of the health check."""
        return self._with_query(f"{self.root}{self.health}")

    @property
    def metrics_url(self) -> str:
        """The address of the Prometheus page."""
        return self._with_query(f"{self.root}/metrics")

    @property
    def version_url(self) -> str:
        """The address that answers with the server's version."""
        return self._with_query(f"{self.root}/version")

    @property
    def models_url(self) -> str:
        """The address of the list of models."""
        return self._with_query(f"{self.url}/models")

    @property
    def is_local(self) -> bool:
        """Whether the address is a loopback address of this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request: the further headers, and the API key if there is one."""
        headers = {name: value.get_secret_value() for name, value in self.own_headers.items()}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key.get_secret_value()}"
        return headers

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key and the values of further headers, the longest first."""
        values = [value.get_secret_value() for value in self.own_headers.values()]
        if self.api_key:
            values.append(self.api_key.get_secret_value())
        return tuple(sorted(values, key=len, reverse=True))

    def masked(self, text: str) -> str:
        """Return a text with each secret in it replaced: a server may repeat one in its messages."""
        for secret in self.secrets:
            if len(secret) >= MASKED_LENGTH:
                text = text.replace(secret, MASK)
        return text

    def url_of(self, kind: RequestKind) -> str:
        """Return the address for requests of one kind."""
        return self._with_query(f"{self.url}/{PATHS[kind]}")

    def max_tokens_field(self, kind: RequestKind) -> str:
        """Return the name of the field that limits the length of responses to requests of one kind."""
        return MAX_COMPLETION_TOKENS if kind in self.conventions.max_completion_tokens else MAX_TOKENS

    def model_mismatch(self, response_model: object) -> str | None:
        """Return an error message if a response names another model; None if it names this one or none."""
        expected = self.answers_as or self.model
        if response_model in (None, "", expected):
            return None
        return f"the answer is of model {response_model!r}, not {expected!r}"

    def _with_query(self, address: str) -> str:
        return f"{address}?{self.query}" if self.query else address
