"""Follow-up requests of the conformance test: exact length, logprobs and open connections."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tasks.config.base import Frozen
from tasks.probe.bounded_response import json_of
from tasks.probe.first_answer import question
from tasks.probe.keep_alive import keeps_connections
from tasks.probe.streamed_answer import StreamedAnswer
from tasks.serve.endpoint import Endpoint, RequestKind

EXACT_TOKENS = 12
FIRST_TIMEOUT_S = 0.1


class ExtraAnswers(Frozen):
    """The results of the follow-up requests; None for a request without an answer.

    Attributes:
        exact_length: whether an answer had exactly as many tokens as `ignore_eos` and `min_tokens` ask for.
        logprobs: whether an answer had log probabilities.
        keeps_connections: whether a connection can carry another request.
    """

    exact_length: bool | None = None
    logprobs: bool | None = None
    keeps_connections: bool | None = None


def ask_extras(
    client: httpx.Client, endpoint: Endpoint, answers: Sequence[StreamedAnswer], deadline: float
) -> ExtraAnswers:
    """Send the follow-up requests at the same time, as the first kind that the server answers."""
    kinds = [answer.kind for answer in answers if answer.error is None]
    remaining_s = deadline - time.monotonic()
    if not kinds or remaining_s < FIRST_TIMEOUT_S:
        return ExtraAnswers()
    kind = kinds[0]
    with ThreadPoolExecutor() as pool:
        exact = pool.submit(_has_exact_length, client, endpoint, kind, remaining_s)
        logprobs = pool.submit(_has_logprobs, client, endpoint, kind, remaining_s)
        keeps = pool.submit(keeps_connections, endpoint, kind, remaining_s)
        return ExtraAnswers(
            exact_length=exact.result(), logprobs=logprobs.result(), keeps_connections=keeps.result()
        )


def _has_exact_length(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, timeout_s: float
) -> bool | None:
    field = endpoint.max_tokens_field(kind)
    fields = {field: EXACT_TOKENS, "min_tokens": EXACT_TOKENS, "ignore_eos": True}
    answer = _answer(client, endpoint, kind, fields, timeout_s)
    if answer is None:
        return None
    usage = answer.get("usage")
    return isinstance(usage, dict) and usage.get("completion_tokens") == EXACT_TOKENS


def _has_logprobs(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, timeout_s: float
) -> bool | None:
    fields: dict[str, Any] = {"logprobs": True, "top_logprobs": 1} if kind == "chat" else {"logprobs": 1}
    answer = _answer(client, endpoint, kind, fields, timeout_s)
    if answer is None:
        return None
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and bool(first.get("logprobs"))


def _answer(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, fields: dict[str, Any], timeout_s: float
) -> dict[str, Any] | None:
    """Return the answer as JSON; empty if the server refused the request, None if it did not answer."""
    body = question(endpoint, kind, endpoint.max_tokens_field(kind)) | fields
    try:
        response = client.post(endpoint.url_of(kind), json=body, timeout=timeout_s)
        answer = json_of(response) if response.status_code == 200 else {}
    except httpx.HTTPError:
        return None
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
