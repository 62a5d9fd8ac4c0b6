"""A model hub that speaks as Hugging Face does, as far as fetching one repository goes.

It counts what it is asked, wants a token where it is told to, and can cut an answer in its middle.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SHA = "c" * 40
REPOSITORY = "org/name"


@dataclass
class FakeHub:
    """What it serves and what it was asked: method, path, the first byte wanted, the token."""

    files: dict[str, bytes]
    card: dict[str, str] = field(default_factory=dict)
    token: str = ""
    cuts: dict[str, int] = field(default_factory=dict)
    """Files whose first answer ends after so many bytes."""
    asked: list[tuple[str, str, int, str]] = field(default_factory=list)
    url: str = ""

    def gets(self, name: str) -> list[int]:
        """The first byte of every time that a file was fetched."""
        return [start for method, path, start, _ in self.asked if method == "GET" and path.endswith(name)]


@contextmanager
def fake_hub(hub: FakeHub) -> Iterator[FakeHub]:
    """Serve while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, body: bool) -> None:
            path, token = self.path.split("?")[0], self.headers.get("Authorization", "")
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
            hub.asked.append((self.command, path, start, token))
            if hub.token and token != f"Bearer {hub.token}":
                return self._send(401, {"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"}, b"", body)
            if path.startswith(f"/api/models/{REPOSITORY}"):
                said = self._tree() if "/tree/" in path else self._info()
                return self._send(200, {"Content-Type": "application/json"}, said, body)
            name = path.rpartition(f"/{SHA}/")[2]
            if name not in hub.files:
                return self._send(404, {"X-Error-Code": "EntryNotFound"}, b"", body)
            return self._file(name, start, body)

        def _info(self) -> bytes:
            listed = [{"rfilename": name} for name in hub.files]
            info = {"id": REPOSITORY, "sha": SHA, "siblings": listed, "cardData": hub.card}
            return json.dumps(info).encode()

        def _tree(self) -> bytes:
            entries = [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in hub.files.items()
            ]
            return json.dumps(entries).encode()

        def _file(self, name: str, start: int, body: bool) -> None:
            content = hub.files[name]
            headers = {
                "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "X-Repo-Commit": SHA,
                "X-Linked-Size": str(len(content)),
                "Accept-Ranges": "bytes",
            }
            if start:
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            cut = hub.cuts.pop(name, None) if body else None
            self._send(206 if start else 200, headers, content[start:], body, cut)

        def _send(
            self, status: int, headers: dict[str, str], content: bytes, body: bool, cut: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content[:cut])
            if cut is not None:
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hub.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield hub
        finally:
            server.shutdown()
