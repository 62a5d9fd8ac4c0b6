"""The first real answers of a server: before a sweep relies on it, each kind of request must work once."""

from __future__ import annotations

import time
from typing import Literal

import httpx

from tasks.config.base import Frozen
from tasks.errors import EndpointError, ServerStartError
from tasks.probe.http_client import ask, client_for
from tasks.serve.endpoint import Endpoint

Kind = Literal["completions", "chat"]
BOTH: frozenset[Kind] = frozenset({"completions", "chat"})
PATHS: dict[Kind, str] = {"completions": "completions", "chat": "chat/completions"}
OUTPUT_TOKENS = 8
QUESTION = "What is two plus two?"


class FirstAnswer(Frozen):
    """One answer to a short question: tokens as the server's usage counts them, and how long it took."""

    kind: Kind
    input_tokens: int
    output_tokens: int
    latency_s: float


def first_answer(
    endpoint: Endpoint,
    kinds: frozenset[Kind] = BOTH,
    *,
    ours: bool = False,
    timeout_s: float = 300.0,
    transport: httpx.BaseTransport | None = None,
) -> tuple[FirstAnswer, ...]:
    """Ask once in each of `kinds`; every one must answer 200 with a usage that counts tokens.

    Raises:
        EndpointError: one does not, with the server's message; ServerStartError where the server is `ours`.
    """
    with client_for(endpoint, transport, timeout_s) as client:
        return tuple(_answer(client, endpoint, kind, ours) for kind in sorted(kinds))


def _answer(client: httpx.Client, endpoint: Endpoint, kind: Kind, ours: bool) -> FirstAnswer:
    url = f"{endpoint.url}/{PATHS[kind]}"
    asked = {"messages": [{"role": "user", "content": QUESTION}]} if kind == "chat" else {"prompt": QUESTION}
    start = time.monotonic()
    body = {"model": endpoint.model, "max_tokens": OUTPUT_TOKENS, **asked}
    response = ask(client, "POST", url, ours=ours, body=body)
    latency_s = time.monotonic() - start
    refuse = ServerStartError if ours else EndpointError
    try:
        answer = response.json()
        if doubt := endpoint.doubt(answer.get("model")):
            raise refuse(f"{url}: {doubt}", "mend what routes there, or say it in server.answers_as")
        usage = answer["usage"]
        tokens = int(usage["prompt_tokens"]), int(usage["completion_tokens"])
    except (ValueError, KeyError, TypeError, AttributeError):
        tokens = (0, 0)
    if 0 in tokens:
        raise refuse(
            f"{url} answered without counting tokens (usage)",
            "measure a server whose answers carry OpenAI's usage: figures rest on it",
        )
    return FirstAnswer(kind=kind, input_tokens=tokens[0], output_tokens=tokens[1], latency_s=latency_s)
