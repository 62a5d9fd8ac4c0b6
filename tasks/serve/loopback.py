"""The loopback addresses of this machine."""

from __future__ import annotations

import ipaddress

HOST = "127.0.0.1"
"""The address that servers started here listen on."""
LOOPBACK_HOSTS = (HOST, "localhost", "::1")
"""The usual names of the loopback, for instance as the value of NO_PROXY."""


def is_loopback(host: str) -> bool:
    """Return whether `host` is `localhost` or a loopback IP address, without asking a name server."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
