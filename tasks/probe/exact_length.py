"""Finds out whether a server refuses the fields that make the length of an answer exact."""

from __future__ import annotations

import httpx

from tasks.errors import EndpointError
from tasks.probe.first_answer import REFUSED, question
from tasks.probe.http_client import client_for, send_request
from tasks.serve.endpoint import EXACT_LENGTH_FIELDS, Endpoint, RequestKind

TIMEOUT_S = 60.0
TOKENS = 8


def refuses_exact_length(
    endpoint: Endpoint, kind: RequestKind, *, transport: httpx.BaseTransport | None = None
) -> bool:
    """Return whether a response refuses `ignore_eos` or `min_tokens` by name.

    Return False if there is no response: the load reports that error with every request.
    """
    body = question(endpoint, kind, endpoint.max_tokens_field(kind))
    body |= exact_length_fields(endpoint, kind, TOKENS)
    with client_for(endpoint, transport, TIMEOUT_S, reuse=False) as client:
        try:
            response = send_request(client, endpoint.url_of(kind), endpoint, managed=False, body=body)
        except EndpointError:
            return False
    if response.status_code not in REFUSED:
        return False
    return any(name in response.text for name in EXACT_LENGTH_FIELDS)


def exact_length_fields(endpoint: Endpoint, kind: RequestKind, tokens: int) -> dict[str, object]:
    """Return the fields of a request for an answer of exactly this length."""
    return {endpoint.max_tokens_field(kind): tokens, "min_tokens": tokens, "ignore_eos": True}
