"""Which requests the guard before Prefect's server lets through."""

from __future__ import annotations

import asyncio

import pytest

from operate.request_guard import Message, Receive, RequestGuard, Scope, Send

HOST, ORIGIN = (b"host", b"127.0.0.1:4200"), (b"origin", b"http://127.0.0.1:4200")


class Inner:
    """Counts the requests that reach it."""

    def __init__(self) -> None:
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request."""
        self.requests += 1


def ask(kind: str, *headers: tuple[bytes, bytes]) -> tuple[int, list[Message]]:
    """Send one request; returns how many reached the application, and the guard's answer."""
    inner = Inner()
    messages: list[Message] = []

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        messages.append(message)

    guard = RequestGuard(inner, "gauge.example", ["https://proxy.example/ ", ""])
    asyncio.run(guard({"type": kind, "headers": list(headers)}, receive, send))
    return inner.requests, messages


@pytest.mark.parametrize(
    "headers",
    [
        (HOST,),
        (HOST, ORIGIN),
        ((b"host", b"[::1]:4200"), (b"origin", b"http://[::1]:4200")),
        ((b"host", b"LOCALHOST:4200"),),
        ((b"host", b"gauge.example"), (b"origin", b"https://gauge.example")),
        ((b"host", b"proxy.example"), (b"origin", b"https://proxy.example")),
        (HOST, (b"origin", b"https://proxy.example")),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_own_requests_pass(kind: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert ask(kind, *headers) == (1, [])


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"host", b""),),
        ((b"host", b"pages.example"),),
        ((b"host", b"127.0.0.1.pages.example"),),
        ((b"host", b"x@127.0.0.1"),),
        ((b"host", b"127.0.0.1/x"),),
        ((b"host", b"[::1"),),
        ((b"host", b"127.0.0.1:port"), (b"origin", b"http://127.0.0.1:4200")),
        (HOST, (b"host", b"pages.example")),
        (HOST, (b"origin", b"null")),
        (HOST, (b"origin", b"http://[")),
        (HOST, (b"origin", b"http://127.0.0.1:8888")),
        (HOST, (b"origin", b"http://localhost:4200")),
        (HOST, (b"origin", b"https://proxy.example.pages.example")),
        (HOST, ORIGIN, (b"origin", b"http://pages.example")),
    ],
)
def test_foreign_requests_do_not_pass(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    requests, (start, body) = ask("http", *headers)
    assert (requests, start["status"]) == (0, 403)
    assert b"SERVEGAUGE_ORIGINS" in body["body"]
    requests, (close,) = ask("websocket", *headers)
    assert (requests, close["type"]) == (0, "websocket.close")


def test_start_and_end_of_the_server_pass() -> None:
    assert ask("lifespan") == (1, [])
