"""Ports on 127.0.0.1: a free one, or the reason why a chosen one is not."""

from __future__ import annotations

import socket

import psutil

from tasks.errors import ServerStartError
from tasks.serve.argv import HOST


def check_port(port: int) -> None:
    """Return when `port` can be listened on.

    Raises:
        ServerStartError: it cannot; names who listens on it where that can be read.
    """
    try:
        _bind(port)
    except OSError as error:
        raise ServerStartError(
            f"server.port: {HOST}:{port} cannot be had ({error.strerror}){_listener(port)}",
            "stop what uses it, choose another server.port, or leave it out to take a free one",
        ) from None


def choose_port(wanted: int | None) -> int:
    """`wanted`, checked; or any free port when None. Raises what `check_port` raises."""
    if wanted is None:
        return _bind(0)
    check_port(wanted)
    return wanted


def _bind(port: int) -> int:
    with socket.socket() as probe:
        # As servers do it: connections that were just closed do not keep a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        bound: int = probe.getsockname()[1]
        return bound


def _listener(port: int) -> str:
    try:
        for entry in psutil.net_connections(kind="tcp"):
            if entry.status == psutil.CONN_LISTEN and entry.laddr and entry.laddr.port == port and entry.pid:
                return f"; {psutil.Process(entry.pid).name()} (pid {entry.pid}) listens on it"
    except (psutil.Error, OSError):
        pass  # another user's: it is taken all the same
    return ""
