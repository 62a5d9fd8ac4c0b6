"""Failing on purpose: errors in OpenAI's form, cut connections, streams that break."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web


class Gone(Exception):
    """The connection was cut on purpose; there is nobody to answer."""


async def strike(request: web.Request, fault: str) -> dict[str, object] | None:
    """The faults of mid-stream; gives the error to send, if that is the fault."""
    if fault == "reset":
        cut(request, reset=True)
    if fault == "stall":
        await asyncio.Event().wait()
    if fault == "in_band_error":
        return error_body(500, "the stub was told to fail mid-stream", None)
    return None


def cut(request: web.Request, reset: bool) -> None:
    """Close the connection, with a TCP reset when told so; always raises Gone."""
    if request.transport is not None:
        if reset:
            linger = struct.pack("ii", 1, 0)
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    raise Gone


def error_body(status: int, message: str, param: str | None) -> dict[str, object]:
    """An error in OpenAI's form."""
    kinds = {400: "BadRequestError", 404: "NotFoundError", 429: "RateLimitError"}
    kind = kinds.get(status, "InternalServerError")
    return {"error": {"message": message, "type": kind, "param": param, "code": status}}


def error_response(status: int, message: str, param: str | None = None) -> web.Response:
    """An error answered with its status."""
    return web.json_response(error_body(status, message, param), status=status)
