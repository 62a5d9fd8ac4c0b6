"""A server for tests of the probes, as a transport of httpx."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from pydantic import SecretStr

from tasks.serve.endpoint import Endpoint

Answer = httpx.Response | Exception
AnswerOrHandler = Answer | Callable[[httpx.Request], Answer]
ENDPOINT = Endpoint(url="http://127.0.0.1:9/v1", model="tiny", tokenizer="tiny", api_key=SecretStr("the-key"))


def server(**answers: AnswerOrHandler) -> httpx.MockTransport:
    """Return a transport that answers by path (`v1_models` for `/v1/models`), and 404 for all others."""

    def handle(request: httpx.Request) -> httpx.Response:
        answer = answers.get(request.url.path.strip("/").replace("/", "_"), httpx.Response(404))
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return httpx.MockTransport(handle)


def models(*names: str) -> httpx.Response:
    """Return the response with a list of models."""
    return httpx.Response(200, json={"data": [{"id": name} for name in names]})
