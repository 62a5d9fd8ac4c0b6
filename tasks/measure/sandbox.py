"""Checks, before anything is asked, that EvalScope's sandbox can run code from answers."""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from urllib.parse import urlsplit

from tasks.errors import InputError

PACKAGES = ("ms_enclave", "docker")
"""What `evalscope[sandbox]` installs, and EvalScope imports only when it runs code."""
DOCKER_HOST = "DOCKER_HOST"
DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
CONNECT_TIMEOUT_S = 5.0


def check_sandbox(dataset: str) -> None:
    """Check that the sandbox is installed and that Docker answers.

    Raises:
        InputError: a package is missing, or Docker does not answer.
    """
    if not all(find_spec(package) for package in PACKAGES):
        raise InputError(
            f"{dataset} needs EvalScope's sandbox, which is not installed",
            "install it beside servegauge: pip install 'evalscope[sandbox]'; it needs Docker",
        )
    address = os.environ.get(DOCKER_HOST) or DEFAULT_ADDRESS
    try:
        _connect(address)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{dataset} needs EvalScope's sandbox, and Docker does not answer at {address}: {error}",
            f"start Docker, let this user use it, or set {DOCKER_HOST}",
        ) from None


def _connect(address: str) -> None:
    """Open and close a connection to Docker. Raises OSError, or ValueError for another form of address."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(CONNECT_TIMEOUT_S)
            connection.connect(parts.path)
    elif parts.scheme in ("tcp", "http", "https") and parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), CONNECT_TIMEOUT_S).close()
    elif parts.scheme != "ssh":  # Docker's own client checks that one
        raise ValueError("it is no address such as unix:///PATH or tcp://HOST:PORT")
