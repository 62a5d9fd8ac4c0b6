"""Bounds of what a server may answer to the probes: it may be broken, or not what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

MOST_BYTES = 16 * 2**20
MOST_COMPRESSED_BYTES = 2**18
"""Compression makes a thousand bytes of one."""


class BoundedStream(httpx.SyncByteStream):
    """A body that ends with an error after `limit` bytes; without an end it would fill the memory."""

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
    """Have the body of a response raise httpx.ReadError where it is too long; a hook of httpx.Client."""
    compressed = response.headers.get("Content-Encoding", "identity") != "identity"
    stream = response.stream
    if isinstance(stream, httpx.SyncByteStream):
        response.stream = BoundedStream(stream, MOST_COMPRESSED_BYTES if compressed else MOST_BYTES)


def json_of(response: httpx.Response) -> Any:
    """The JSON of a response. Raises ValueError where it is none, or nested too deeply to be read."""
    try:
        return response.json()
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
