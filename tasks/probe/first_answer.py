"""Sends one request of each kind to a server, so that a sweep starts only if every kind works."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tasks.config.base import Frozen
from tasks.errors import ExecutionError
from tasks.probe.http_client import client_for, error_class, send_request
from tasks.serve.endpoint import Endpoint, RequestKind

ALL_KINDS: frozenset[RequestKind] = frozenset({"completions", "chat"})
OUTPUT_TOKENS = 8
PROMPT = "What is two plus two?"


class FirstAnswer(Frozen):
    """One response to a short prompt. The tokens are those of the server's usage."""

    kind: RequestKind
    input_tokens: int
    output_tokens: int
    latency_s: float


def first_answers(
    endpoint: Endpoint,
    kinds: frozenset[RequestKind] = ALL_KINDS,
    *,
    managed: bool = False,
    timeout_s: float = 300.0,
    transport: httpx.BaseTransport | None = None,
) -> tuple[FirstAnswer, ...]:
    """Send one request of each kind. Each response must have status 200 and a usage that counts tokens.

    Args:
        endpoint: the server.
        kinds: the kinds of requests to send.
        managed: whether the server was started here, which decides the class of errors.
        timeout_s: seconds to wait for each response.
        transport: replaced in tests.

    Raises:
        EndpointError: a response is not as it must be; with the server's message.
        ServerStartError: the same, if the server is `managed`.
    """
    with client_for(endpoint, transport, timeout_s) as client:
        return tuple(_first_answer(client, endpoint, kind, managed) for kind in sorted(kinds))


def _first_answer(client: httpx.Client, endpoint: Endpoint, kind: RequestKind, managed: bool) -> FirstAnswer:
    url = endpoint.url_of(kind)
    start = time.monotonic()
    response = send_request(client, "POST", url, managed=managed, body=_body(endpoint, kind))
    latency_s = time.monotonic() - start
    error = error_class(managed)
    try:
        answer = response.json()
        _check_model(endpoint, answer.get("model"), url, error)
        usage = answer["usage"]
        tokens = int(usage["prompt_tokens"]), int(usage["completion_tokens"])
    except (ValueError, KeyError, TypeError, AttributeError):
        tokens = (0, 0)
    if 0 in tokens:
        raise error(
            f"{url} answered without counting tokens (usage)",
            "measure a server whose responses have OpenAI's `usage`: token counts are read from it",
        )
    return FirstAnswer(kind=kind, input_tokens=tokens[0], output_tokens=tokens[1], latency_s=latency_s)


def _body(endpoint: Endpoint, kind: RequestKind) -> dict[str, Any]:
    body: dict[str, Any] = {"model": endpoint.model, "max_tokens": OUTPUT_TOKENS}
    if kind == "chat":
        body["messages"] = [{"role": "user", "content": PROMPT}]
    else:
        body["prompt"] = PROMPT
    return body


def _check_model(endpoint: Endpoint, response_model: object, url: str, error: type[ExecutionError]) -> None:
    mismatch = endpoint.model_mismatch(response_model)
    if mismatch:
        raise error(f"{url}: {mismatch}", "correct what routes there, or set server.answers_as to that name")
