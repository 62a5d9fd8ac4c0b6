"""Limits on a server's answers to the probes; the server may be broken or not an LLM server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

MOST_BYTES = 16 * 2**20
MOST_COMPRESSED_BYTES = 2**18
"""One compressed byte can become a thousand bytes."""


class BoundedStream(httpx.SyncByteStream):
    """A body that raises an error after `limit` bytes, so that an endless body cannot fill the memory."""

    def __init__(self, stream: httpx.SyncByteStream, limit: int) -> None:
        self._stream, self._limit = stream, limit

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._stream:
            received += len(chunk)
            if received > self._limit:
                raise httpx.ReadError(f"the body is longer than {self._limit} bytes")
            yield chunk

    def close(self) -> None:
        """Close the body."""
        self._stream.close()


def bound_body(response: httpx.Response) -> None:
    """Make a response's body raise httpx.ReadError if it is too long; an event hook of httpx.Client."""
    compressed = response.headers.get("Content-Encoding", "identity") != "identity"
    stream = response.stream
    if isinstance(stream, httpx.SyncByteStream):
        response.stream = BoundedStream(stream, MOST_COMPRESSED_BYTES if compressed else MOST_BYTES)


def json_of(response: httpx.Response) -> Any:
    """Return a response's JSON; raise ValueError if it is not JSON or is nested too deeply."""
    try:
        return response.json()
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
