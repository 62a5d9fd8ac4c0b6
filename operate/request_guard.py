"""Refuses requests to Prefect's server that pages of other sites send, by their Host and Origin headers."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

ADDS_IT = "can add it to SERVEGAUGE_ORIGINS"
FORBIDDEN = 403
POLICY_VIOLATION = 1008
"""The code that closes a websocket before it is accepted."""


class RequestGuard:
    """An ASGI application in front of another one.

    An IP address is an accepted Host: DNS rebinding, by which a page of another site reaches this machine,
    needs a name. A browser's request carries an Origin if it changes something or opens a websocket. The
    Origin must be that of a page from the same Host, or one that the operator named.
    """

    def __init__(self, app: App, host: str, origins: Iterable[str] = ()) -> None:
        """Guard an application.

        Args:
            app: the application.
            host: the name or address that the server listens on.
            origins: further origins whose pages may call it, such as https://gauge.example.
        """
        self._app = app
        self._origins = frozenset(origin.strip().rstrip("/").lower() for origin in origins if origin.strip())
        named = {_hostname(urlsplit(origin).netloc) for origin in self._origins}
        self._names = {"localhost", socket.gethostname().lower(), host.lower(), *named} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:  # the start and the end of the server
            await self._app(scope, receive, send)
            return
        refusal = self.refusal(scope["headers"])
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": refusal})
        else:
            await _forbid(send, refusal)

    def refusal(self, headers: Headers) -> str | None:
        """Return why a request with these headers is refused, or None if it is accepted."""
        hosts = _values(headers, b"host")
        if len(hosts) != 1 or not self._is_known(_hostname(hosts[0])):
            return f"the Host is not a name of this server; its operator {ADDS_IT}"
        for origin in _values(headers, b"origin"):
            if origin not in self._origins and _authority(origin) != hosts[0]:
                return f"pages of that Origin may not call this server; its operator {ADDS_IT}"
        return None

    def _is_known(self, hostname: str) -> bool:
        if hostname in self._names:
            return True
        try:
            ip_address(hostname)
        except ValueError:
            return False
        return True


def _authority(url: str) -> str:
    """Return host and port of an origin; empty if it has none, such as the origin `null`."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip().lower() for key, value in headers if key.lower() == name]


def _hostname(authority: str) -> str:
    """Return the host of `host:port`, without brackets; empty if the text is not an authority."""
    if "@" in authority or "/" in authority:
        return ""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


async def _forbid(send: Send, reason: str) -> None:
    body = json.dumps({"detail": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": body})
