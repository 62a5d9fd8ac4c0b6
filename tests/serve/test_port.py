"""Free ports, and ports that are in use."""

from __future__ import annotations

import os
import socket

import pytest

from tasks.errors import ServerStartError
from tasks.serve.port import check_port, choose_port


def test_a_free_port_is_chosen() -> None:
    port = choose_port(None)
    check_port(port)
    assert choose_port(port) == port


def test_a_port_in_use_is_reported_with_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(
            ServerStartError, match=rf"cannot listen on 127\.0\.0\.1:{port} .*pid {os.getpid()}"
        ):
            choose_port(port)
