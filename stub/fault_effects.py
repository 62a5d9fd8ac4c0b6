"""The effects of faults: errors in OpenAI's form, closed connections, streams that break."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

ERROR_TYPES = {400: "BadRequestError", 404: "NotFoundError", 429: "RateLimitError"}
OTHER_ERROR_TYPE = "InternalServerError"


class ConnectionClosed(Exception):
    """A fault closed the connection: no response can be sent."""


async def fail_midway(request: web.Request, kind: str) -> dict[str, object] | None:
    """Apply a fault that breaks a response midway. Returns the error to send, if the fault is one.

    Raises:
        ConnectionClosed: the fault closed the connection.
    """
    if kind == "reset":
        close_connection(request, reset=True)
    if kind == "stall":
        await asyncio.Event().wait()
    if kind == "in_band_error":
        return error_body(500, "the stub fails midway, as its faults ask", None)
    return None


def close_connection(request: web.Request, reset: bool) -> None:
    """Close the connection, with a TCP reset if `reset` is true. Always raises ConnectionClosed."""
    if request.transport is not None:
        if reset:
            linger = struct.pack("ii", 1, 0)
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()
    raise ConnectionClosed


def send_raw(request: web.Request, data: bytes) -> None:
    """Send bytes that need not be HTTP, and close the connection. Always raises ConnectionClosed."""
    if request.transport is not None:
        if data:
            request.transport.write(data)
        request.transport.close()
    raise ConnectionClosed


def error_body(status: int, message: str, param: str | None) -> dict[str, object]:
    """Return an error in OpenAI's form. `param` names the request's field at fault."""
    kind = ERROR_TYPES.get(status, OTHER_ERROR_TYPE)
    return {"error": {"message": message, "type": kind, "param": param, "code": status}}


def error_response(status: int, message: str, param: str | None = None) -> web.Response:
    """Return a response with this status and an error in OpenAI's form."""
    return web.json_response(error_body(status, message, param), status=status)
