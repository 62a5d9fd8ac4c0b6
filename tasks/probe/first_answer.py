"""Sends one request of each kind to a server, so that a sweep starts only if every kind works."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tasks.config.base import Frozen
from tasks.errors import ExecutionError
from tasks.probe.bounded_response import json_of
from tasks.probe.http_client import (
    check_status,
    client_for,
    error_class,
    message_of,
    send_request,
    without_query,
)
from tasks.serve.endpoint import MAX_COMPLETION_TOKENS, MAX_TOKENS, Endpoint, RequestKind

ALL_KINDS: frozenset[RequestKind] = frozenset({"completions", "chat"})
OUTPUT_TOKENS = 8
PROMPT = "What is two plus two?"
LARGEST_COUNT = 2**31
"""A larger number of tokens is an error of the server."""
REFUSED = (400, 422)
"""Statuses of a response that refuses a field of the request."""


class FirstAnswer(Frozen):
    """One response to a short prompt. The tokens are those of the server's usage, None where it has none.

    `max_tokens_field`: the name of the field that limits the length of a response.
    """

    kind: RequestKind
    max_tokens_field: str = MAX_TOKENS
    input_tokens: int | None
    output_tokens: int | None
    latency_s: float


def first_answers(
    endpoint: Endpoint,
    kinds: frozenset[RequestKind] = ALL_KINDS,
    *,
    managed: bool = False,
    timeout_s: float = 300.0,
    transport: httpx.BaseTransport | None = None,
) -> tuple[FirstAnswer, ...]:
    """Send one request of each kind. Each response must have status 200, and a choice or a usage.

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
    with client_for(endpoint, transport, timeout_s, reuse=False) as client:
        return tuple(_first_answer(client, endpoint, kind, managed) for kind in sorted(kinds))


def _first_answer(client: httpx.Client, endpoint: Endpoint, kind: RequestKind, managed: bool) -> FirstAnswer:
    url = without_query(endpoint.url_of(kind))
    start = time.monotonic()
    response, field = ask(client, endpoint, kind, managed)
    latency_s = time.monotonic() - start
    error = error_class(managed)
    try:
        answer = json_of(response)
    except ValueError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    _check_model(endpoint, answer.get("model"), url, error)
    tokens = _token_counts(answer)
    if None in tokens and not _has_choice(answer):
        raise error(
            f"{url} answered without counting tokens (usage)",
            "measure a server whose responses have OpenAI's `usage`: token counts are read from it",
        )
    return FirstAnswer(
        kind=kind,
        max_tokens_field=field,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        latency_s=latency_s,
    )


def ask(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, managed: bool = False
) -> tuple[httpx.Response, str]:
    """Send the short prompt; return the response, whose status is 200, and the field that limits its length.

    A server that refuses `max_tokens` is asked again with `max_completion_tokens`.

    Raises:
        EndpointError: there is no response or it has another status.
        ServerStartError: the same, if the server is `managed`.
    """
    url = endpoint.url_of(kind)
    body = question(endpoint, kind, MAX_TOKENS)
    response = send_request(client, url, endpoint, managed=managed, body=body)
    if _refuses_max_tokens(response):
        renamed = question(endpoint, kind, MAX_COMPLETION_TOKENS)
        second = send_request(client, url, endpoint, managed=managed, body=renamed)
        if second.status_code == 200 and _keeps_length(second):
            return second, MAX_COMPLETION_TOKENS
    check_status(response, endpoint, managed=managed)
    return response, MAX_TOKENS


def question(endpoint: Endpoint, kind: RequestKind, max_tokens_field: str) -> dict[str, Any]:
    """Return the body of a request with a short prompt."""
    body: dict[str, Any] = {"model": endpoint.model, max_tokens_field: OUTPUT_TOKENS}
    if kind == "chat":
        body["messages"] = [{"role": "user", "content": PROMPT}]
    else:
        body["prompt"] = PROMPT
    return body


def _token_counts(answer: dict[str, Any]) -> tuple[int | None, int | None]:
    """The tokens of prompt and answer; None where a count is missing, 0 or no number."""
    usage = answer.get("usage")
    counts = []
    for name in ("prompt_tokens", "completion_tokens"):
        value = usage.get(name) if isinstance(usage, dict) else None
        counts.append(int(value) if isinstance(value, int | float) and 0 < value < LARGEST_COUNT else None)
    return counts[0], counts[1]


def _has_choice(answer: dict[str, Any]) -> bool:
    """Whether an answer can be measured without its usage, whose stream may count tokens all the same."""
    choices = answer.get("choices")
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], dict)


def _refuses_max_tokens(response: httpx.Response) -> bool:
    """Whether the response refuses the field, by its message: `max_tokens` or the name to use instead."""
    message = message_of(response)
    return response.status_code in REFUSED and (MAX_TOKENS in message or MAX_COMPLETION_TOKENS in message)


def _keeps_length(response: httpx.Response) -> bool:
    """Whether the response is as short as was asked for: a server may ignore a field it does not know."""
    try:
        return int(json_of(response)["usage"]["completion_tokens"]) <= OUTPUT_TOKENS
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _check_model(endpoint: Endpoint, response_model: object, url: str, error: type[ExecutionError]) -> None:
    mismatch = endpoint.model_mismatch(response_model)
    if mismatch:
        raise error(f"{url}: {mismatch}", "correct what routes there, or set server.answers_as to that name")
