"""Answers without an end, and answers nested without an end, are an error of the server and no crash."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from tasks.errors import EndpointError
from tasks.probe.bounded_response import MOST_BYTES, MOST_COMPRESSED_BYTES, json_of
from tasks.probe.http_client import client_for, message_of, send_request
from tasks.probe.identity import ServerIdentity, server_identity
from tests.probe.talk import ENDPOINT

URL = ENDPOINT.url + "/models"
DEEP = b"[" * 100_000


def endless(chunk: bytes) -> Iterator[bytes]:
    """A body without an end."""
    while True:
        yield chunk


def answering(make: Callable[[], httpx.Response]) -> httpx.MockTransport:
    """A server that answers every request with this response."""
    return httpx.MockTransport(lambda request: make())


def test_a_body_without_an_end_is_named() -> None:
    server = answering(lambda: httpx.Response(200, content=endless(b"x" * 2**16)))
    with (
        client_for(ENDPOINT, server) as client,
        pytest.raises(EndpointError, match=f"the body is longer than {MOST_BYTES} bytes"),
    ):
        send_request(client, URL, ENDPOINT, managed=False)


def test_a_compressed_body_is_bounded_before_it_unfolds() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(bytes(400 * 2**20)) + packer.flush()
    assert len(packed) > MOST_COMPRESSED_BYTES
    server = answering(
        lambda: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))
    )
    with client_for(ENDPOINT, server) as client, pytest.raises(EndpointError, match="longer than"):
        send_request(client, URL, ENDPOINT, managed=False)


def test_a_body_within_the_bounds_is_whole() -> None:
    body = b"x" * (MOST_BYTES - 1)
    server = answering(lambda: httpx.Response(200, content=body))
    with client_for(ENDPOINT, server) as client:
        assert send_request(client, URL, ENDPOINT, managed=False).content == body


def test_deep_json_is_no_json() -> None:
    response = httpx.Response(200, content=DEEP)
    with pytest.raises(ValueError, match="nested too deeply"):
        json_of(response)
    assert message_of(response) == "[" * 300


def test_a_list_of_models_that_is_nested_without_an_end_is_no_list() -> None:
    server = answering(lambda: httpx.Response(200, content=DEEP))
    assert isinstance(server_identity(ENDPOINT, transport=server), ServerIdentity)
