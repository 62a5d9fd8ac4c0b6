"""Finds out whether a server keeps a connection open after a response, as connection reuse requires."""

from __future__ import annotations

import json
import select
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from tasks.probe.first_answer import question
from tasks.serve.endpoint import Endpoint, RequestKind
from tasks.serve.tls import tls_context

TIMEOUT_S = 30.0
WAIT_S = 0.25
"""Seconds after a response within which a server without keep-alive closes the connection."""


def keeps_connections(endpoint: Endpoint, kind: RequestKind, timeout_s: float = TIMEOUT_S) -> bool:
    """Return whether another request can follow on the same connection.

    Also return True if the server closes the connection and announces it in a header: the load generator
    obeys the header. A server that closes the connection without the header would break the next request on
    it. The request streams, as the measured ones do: llama.cpp closes after streams only. Return True if the
    request fails: another probe reports that error.
    """
    connection = _connection(endpoint, timeout_s)
    try:
        body = json.dumps({**question(endpoint, kind, endpoint.max_tokens_field(kind)), "stream": True})
        path = endpoint.url_of(kind).removeprefix(_origin(endpoint.url))
        connection.request("POST", path, body, {"Content-Type": "application/json", **endpoint.headers})
        stream = connection.sock  # `getresponse` clears it if the response announces the close
        response = connection.getresponse()
        response.read()
        if connection.sock is None:
            return True
        return not _closed_within(stream, WAIT_S)
    except (OSError, HTTPException, ValueError):
        return True
    finally:
        connection.close()


def _connection(endpoint: Endpoint, timeout_s: float) -> HTTPConnection:
    parts = urlsplit(endpoint.url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=timeout_s, context=tls_context())
    return HTTPConnection(host, parts.port, timeout=timeout_s)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _closed_within(stream: socket.socket, seconds: float) -> bool:
    """Return whether the server closes the connection within `seconds`."""
    readable, _, _ = select.select([stream], [], [], seconds)
    if not readable:
        return False
    stream.settimeout(seconds)
    try:
        return stream.recv(1) == b""
    except (TimeoutError, ssl.SSLWantReadError):
        return False  # TLS records without application data
    except OSError:
        return True
