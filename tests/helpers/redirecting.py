"""A server that redirects every request to another one, which keeps what it receives."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recorder(ThreadingHTTPServer):
    """Keeps the headers of each request; with a `target`, answers with a redirect there."""

    def __init__(self, target: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = target
        self.received: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Its address with /v1."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    """Answers any method."""

    server: Recorder
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Keep the headers, then redirect or answer with an empty object."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(dict(self.headers))
        if self.server.target:
            self.send_response(307)
            self.send_header("Location", f"{self.server.target}{self.path}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def redirecting_server() -> Iterator[tuple[Recorder, Recorder]]:
    """The server that redirects, and the one that it redirects to."""
    with Recorder() as other, Recorder(f"http://127.0.0.1:{other.server_port}") as first:
        for server in (first, other):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield first, other
        for server in (first, other):
            server.shutdown()
