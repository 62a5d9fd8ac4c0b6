"""Answers that are no HTTP, or HTTP that breaks: raw bytes, after which the server closes the connection."""

from __future__ import annotations

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
NO_HTTP: dict[str, bytes] = {
    "closed": b"",
    "no-http": b"hello\r\n\r\n",
    "status-text": b"HTTP/1.1 abc OK\r\n\r\n",
    "half-head": OK[:30],
    "long-header": OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
    "broken-header": OK + b"no colon\r\n\r\n",
    "chunk-size": CHUNKED + b"zz\r\ndata\r\n",
    "chunk-cut": CHUNKED + b"ff\r\ndata: ",
    "short-body": OK + b"Content-Length: 1000\r\n\r\ndata: ",
    "long-length": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "text-length": OK + b"Content-Length: many\r\n\r\n",
    "no-gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "no-deflate": OK + b"Content-Encoding: deflate\r\nContent-Length: 5\r\n\r\nhello",
    "empty": OK + b"Content-Length: 0\r\n\r\n",
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "redirect": b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "binary": bytes(range(256)) * 20,
}
"""`servegauge stub --manner NAME` serves them too. No load generator can get figures from them."""
