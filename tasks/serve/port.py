"""Chooses a free port on 127.0.0.1, or checks that a given one is free."""

from __future__ import annotations

import socket

import psutil

from tasks.errors import ServerStartError
from tasks.serve.loopback import HOST


def check_port(port: int) -> None:
    """Check that a server can listen on `port`.

    Raises:
        ServerStartError: it cannot; the message names the process that listens on the port, if known.
    """
    try:
        _bind(port)
    except OSError as error:
        raise ServerStartError(
            f"server.port: cannot listen on {HOST}:{port} ({error.strerror}){_listening_process(port)}",
            "stop the process on it, choose another server.port, or leave server.port out to use a free one",
        ) from None


def choose_port(port: int | None) -> int:
    """Return `port` if it is free, or any free port for None. Raise the errors of `check_port`."""
    if port is None:
        return _bind(0)
    check_port(port)
    return port


def _bind(port: int) -> int:
    with socket.socket() as listener:
        # Servers set SO_REUSEADDR too. Without it, a recently closed connection blocks the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        bound_port: int = listener.getsockname()[1]
        return bound_port


def _listening_process(port: int) -> str:
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid:
                name = psutil.Process(connection.pid).name()
                return f"; {name} (pid {connection.pid}) listens on it"
    except (psutil.Error, OSError):
        pass  # a process of another user, which cannot be read
    return ""
