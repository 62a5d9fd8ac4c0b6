"""A model hub with Hugging Face's API for one repository.

It records its requests, can require a token, and can end a response early.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

SHA = "c" * 40
REPOSITORY = "org/name"


class Request(NamedTuple):
    """One request that the hub received."""

    method: str
    path: str
    first_byte: int
    authorization: str


@dataclass
class FakeHub:
    """The hub's content and the requests it received."""

    files: dict[str, bytes]
    card: dict[str, str] = field(default_factory=dict)
    token: str = ""
    """Required, unless empty."""
    cut_after: dict[str, int] = field(default_factory=dict)
    """Files whose first response ends after that many bytes."""
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def downloads(self, name: str) -> list[int]:
        """The first byte of every download of a file."""
        return [
            request.first_byte
            for request in self.requests
            if request.method == "GET" and request.path.endswith(name)
        ]


@contextmanager
def serve_fake_hub(hub: FakeHub) -> Iterator[FakeHub]:
    """Serve a hub while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._respond(with_body=True)

        def do_HEAD(self) -> None:
            self._respond(with_body=False)

        def log_message(self, *_: object) -> None:
            pass

        def _respond(self, with_body: bool) -> None:
            path, authorization = self.path.split("?")[0], self.headers.get("Authorization", "")
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
            hub.requests.append(Request(self.command, path, start, authorization))
            if hub.token and authorization != f"Bearer {hub.token}":
                headers = {"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"}
                return self._send(401, headers, b"", with_body)
            if path.startswith(f"/api/models/{REPOSITORY}"):
                content = self._tree() if "/tree/" in path else self._info()
                return self._send(200, {"Content-Type": "application/json"}, content, with_body)
            name = path.rpartition(f"/{SHA}/")[2]
            if name not in hub.files:
                return self._send(404, {"X-Error-Code": "EntryNotFound"}, b"", with_body)
            return self._send_file(name, start, with_body)

        def _info(self) -> bytes:
            siblings = [{"rfilename": name} for name in hub.files]
            info = {"id": REPOSITORY, "sha": SHA, "siblings": siblings, "cardData": hub.card}
            return json.dumps(info).encode()

        def _tree(self) -> bytes:
            entries = [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in hub.files.items()
            ]
            return json.dumps(entries).encode()

        def _send_file(self, name: str, start: int, with_body: bool) -> None:
            content = hub.files[name]
            headers = {
                "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "X-Repo-Commit": SHA,
                "X-Linked-Size": str(len(content)),
                "Accept-Ranges": "bytes",
            }
            if start:
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            cut_after = hub.cut_after.pop(name, None) if with_body else None
            self._send(206 if start else 200, headers, content[start:], with_body, cut_after)

        def _send(
            self,
            status: int,
            headers: dict[str, str],
            content: bytes,
            with_body: bool,
            cut_after: int | None = None,
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content[:cut_after])
            if cut_after is not None:
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hub.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield hub
        finally:
            server.shutdown()
