"""Whether a server keeps connections, asked of a server that closes them after some answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tasks.probe.keep_alive import keeps_connections
from tasks.serve.endpoint import Endpoint

Closes = Callable[[bool], bool]
Serve = Callable[..., Endpoint]


def handler(closes: Closes, announced: bool) -> type[BaseHTTPRequestHandler]:
    """Return a handler that closes the connection after some answers.

    Args:
        closes: whether it closes after an answer that is streamed or not.
        announced: whether a header says so.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            close = closes(bool(body.get("stream")))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            if close and announced:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"{}")
            self.close_connection = close

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def serving(closes: Closes, announced: bool = False) -> Iterator[Endpoint]:
    """Run a server of that kind and yield it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(closes, announced)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Endpoint(url=f"http://127.0.0.1:{server.server_port}/v1", model="m", tokenizer="none")
        server.shutdown()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that starts such a server."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(serving(*options))


def test_a_server_that_closes_after_streams_only_does_not_keep_connections(serve: Serve) -> None:
    assert not keeps_connections(serve(lambda streams: streams), "completions")


def test_a_server_that_never_closes_keeps_connections(serve: Serve) -> None:
    assert keeps_connections(serve(lambda _: False), "completions")


def test_a_close_that_a_header_announces_needs_no_care(serve: Serve) -> None:
    assert keeps_connections(serve(lambda _: True, True), "completions")
