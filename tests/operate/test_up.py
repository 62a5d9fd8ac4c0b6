"""`servegauge up`: it runs once, is closed to other users and machines, and leaves nothing when it stops."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain
from pathlib import Path

import psutil
import pytest

from tests.helpers.ports import free_port
from tests.helpers.processes import command_lines, running
from tests.helpers.wait import until
from tests.operate.upper import ROOT, Upped, servegauge_up, stop


def another(up: Upped, *options: str) -> subprocess.CompletedProcess[str]:
    """A second `servegauge up` with the same home."""
    argv = (sys.executable, "-m", "cli.main", "up", *options)
    return subprocess.run(argv, env=up.env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_second_one_says_that_the_first_one_runs(up: Upped) -> None:
    done = another(up, "--port", str(free_port()))
    assert done.returncode == 2
    assert f"up already: {up.address}" in done.stderr


def test_a_password_needs_both_parts(up: Upped) -> None:
    done = another(up, "--auth", "only-a-word")
    assert done.returncode == 2
    assert "user:password" in done.stderr


def test_its_folder_is_closed_and_it_listens_on_loopback_alone(up: Upped) -> None:
    assert (up.folder / "home" / "prefect").stat().st_mode & 0o777 == 0o700
    processes = [psutil.Process(up.process.pid), *psutil.Process(up.process.pid).children(recursive=True)]
    sockets = list(chain.from_iterable(process.net_connections("inet") for process in processes))
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    elsewhere = {socket.raddr.ip for socket in sockets if socket.raddr} - {"127.0.0.1", "::1"}
    assert elsewhere == set()


def test_nothing_is_made_twice(up: Upped) -> None:
    """What SQLite refuses keeps it locked, and everything else waits or fails for up to a minute.

    `servegauge deploy` and two workers have each created the GPU slot by now, or found it.
    """
    assert "UNIQUE constraint failed" not in (up.folder / "home" / "prefect" / "server.log").read_text()


@pytest.mark.long
def test_with_a_password_and_stopped_with_nothing_left(tmp_path: Path) -> None:
    secret = "s3cret-of-up"
    with servegauge_up(tmp_path, variables={"SERVEGAUGE_AUTH": f"gauge:{secret}"}) as up:
        assert up.http.get("/deployments/count").status_code == 401
        up.http.auth = ("gauge", secret)
        assert up.post("/deployments/count", {}) == 8
        family = psutil.Process(up.process.pid).children(recursive=True)
        lines = command_lines(family)
        assert len(lines) >= 3
        assert not [line for line in lines if secret in line]
        assert secret not in up.output()
        stop(up.process)
        assert until(lambda: not any(running(process.pid) for process in family))
