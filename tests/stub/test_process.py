"""The stub's process never outlives its use."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from stub.process import Stub, stub_server
from tasks.config.home import checkout
from tests.helpers.processes import running
from tests.helpers.wait import until

OWNER = """
import time
from stub.process import stub_server
with stub_server() as stub:
    print(stub.pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_the_block() -> None:
    with stub_server() as stub:
        pid, process = stub.pid, stub.process
        assert psutil.pid_exists(pid)
        assert stub.url == f"http://127.0.0.1:{stub.port}/v1"
    assert process.returncode == 0
    assert not psutil.pid_exists(pid)


def test_it_ends_on_sigterm(stub: Callable[..., Stub]) -> None:
    server = stub()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0


def test_it_ends_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=checkout(), stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    pid = int(owner.stdout.readline())
    assert running(pid)
    owner.kill()
    owner.communicate()
    assert until(lambda: not running(pid))


def test_kill_ends_it_as_a_crash_does(stub: Callable[..., Stub]) -> None:
    server = stub()
    server.kill()
    assert server.process.returncode == -signal.SIGKILL
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", server.port))


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="no_such_option"), stub_server(no_such_option=1):
        pass


def test_a_stub_that_does_not_start_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="exit code 1"), stub_server(manners=["no-such-manner"]):
        pass
    assert "no manner is called 'no-such-manner'" in capfd.readouterr().err
