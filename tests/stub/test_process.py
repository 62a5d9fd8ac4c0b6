"""The stub's process never outlives its use."""

import signal
import socket
import subprocess
import sys

import psutil
import pytest

from tests.stub.client import until
from tests.stub.process import ROOT, stub_server

OWNER = """
import time
from tests.stub.client import until
from tests.stub.process import stub_server
with stub_server() as stub:
    print(stub.pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_the_with_block():
    with stub_server() as stub:
        pid, process = stub.pid, stub.process
        assert psutil.pid_exists(pid)
        assert stub.url == f"http://127.0.0.1:{stub.port}/v1"
    assert process.returncode == 0
    assert not psutil.pid_exists(pid)


def test_it_ends_on_sigterm(stub):
    server = stub()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(5) == 0


def test_it_ends_when_its_owner_is_killed():
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    server = psutil.Process(int(owner.stdout.readline()))
    owner.kill()
    owner.communicate()
    until(lambda: not alive(server))


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that ended and that nobody has reaped yet does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_kill_is_a_crash(stub):
    server = stub()
    server.kill()
    assert server.process.returncode == -signal.SIGKILL
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", server.port))


def test_an_unknown_option_is_an_error(capfd):
    with pytest.raises(RuntimeError, match="exit code 2"), stub_server(no_such_option=1):
        pass
    assert "--no-such-option" in capfd.readouterr().err
