"""Follow-up requests of the conformance test: exact length, logprobs and open connections."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import httpx

from tasks.config.base import Frozen
from tasks.probe.bounded_response import json_of
from tasks.probe.exact_length import exact_length_fields
from tasks.probe.first_answer import question
from tasks.probe.keep_alive import keeps_connections
from tasks.probe.streamed_answer import StreamedAnswer
from tasks.serve.endpoint import Endpoint, RequestKind

ExactLength = Literal["kept", "ignored", "refused", "not shown"]
SHORT_QUESTION = "Answer with one word. What is two plus two?"
OWN_LENGTH_LIMIT = 48
"""The most tokens of the answer whose length the model decides."""
MORE_TOKENS = 8
"""How many tokens longer the second answer must be than the first, so that only its fields explain it."""
FIRST_TIMEOUT_S = 0.1


class ExtraAnswers(Frozen):
    """The results of the follow-up requests; None for a request without an answer.

    Attributes:
        exact_length: what the server does with `ignore_eos` and `min_tokens`. `not shown`: its answers reach
            the requested length without them too.
        logprobs: whether an answer had log probabilities.
        keeps_connections: whether a connection can carry another request.
    """

    exact_length: ExactLength | None = None
    logprobs: bool | None = None
    keeps_connections: bool | None = None


def ask_extras(
    client: httpx.Client, endpoint: Endpoint, answers: Sequence[StreamedAnswer], deadline: float
) -> ExtraAnswers:
    """Send the follow-up requests as the first kind that the server answers.

    They go at the same time, or one by one where the server breaks off a request for another one.
    """
    kinds = [answer.kind for answer in answers if answer.error is None]
    remaining_s = deadline - time.monotonic()
    if not kinds or remaining_s < FIRST_TIMEOUT_S:
        return ExtraAnswers()
    kind = kinds[0]
    alone = any(answer.alone for answer in answers)
    with ThreadPoolExecutor(max_workers=1 if alone else None) as pool:
        exact = pool.submit(_exact_length, client, endpoint, kind, deadline)
        logprobs = pool.submit(_has_logprobs, client, endpoint, kind, deadline)
        keeps = pool.submit(keeps_connections, endpoint, kind, remaining_s)
        return ExtraAnswers(
            exact_length=exact.result(), logprobs=logprobs.result(), keeps_connections=keeps.result()
        )


def _exact_length(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, deadline: float
) -> ExactLength | None:
    """Ask without the fields, then with them for more tokens than the model gave by itself."""
    limit = endpoint.max_tokens_field(kind)
    own = _answer(client, endpoint, kind, _short_question(kind) | {limit: OWN_LENGTH_LIMIT}, deadline)
    own_tokens = _output_tokens(own)
    if own is None or own_tokens is None:
        return None
    ended_itself = own_tokens < OWN_LENGTH_LIMIT
    tokens = own_tokens + MORE_TOKENS if ended_itself else MORE_TOKENS
    fields = exact_length_fields(endpoint, kind, tokens)
    forced = _answer(client, endpoint, kind, _short_question(kind) | fields, deadline)
    if forced is None:
        return None
    if not forced:
        return "refused"
    if _output_tokens(forced) != tokens:
        return "ignored"
    return "kept" if ended_itself else "not shown"


def _short_question(kind: RequestKind) -> dict[str, Any]:
    if kind == "chat":
        return {"messages": [{"role": "user", "content": SHORT_QUESTION}]}
    return {"prompt": SHORT_QUESTION}


def _output_tokens(answer: dict[str, Any] | None) -> int | None:
    usage = (answer or {}).get("usage")
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else None


def _has_logprobs(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, deadline: float
) -> bool | None:
    fields: dict[str, Any] = {"logprobs": True, "top_logprobs": 1} if kind == "chat" else {"logprobs": 1}
    answer = _answer(client, endpoint, kind, fields, deadline)
    if answer is None:
        return None
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and bool(first.get("logprobs"))


def _answer(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, fields: dict[str, Any], deadline: float
) -> dict[str, Any] | None:
    """Return the answer as JSON; empty if the server refused the request, None if it did not answer."""
    body = question(endpoint, kind, endpoint.max_tokens_field(kind)) | fields
    timeout_s = max(FIRST_TIMEOUT_S, deadline - time.monotonic())
    try:
        response = client.post(endpoint.url_of(kind), json=body, timeout=timeout_s)
        answer = json_of(response) if response.status_code == 200 else {}
    except httpx.HTTPError:
        return None
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
