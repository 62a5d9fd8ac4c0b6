"""A server ends when the process that started it is interrupted or killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tests.helpers.processes import running
from tests.helpers.wait import until
from tests.serve.fake import install

ROOT = checkout()
OWNER = """
import json, os, sys, time
from pathlib import Path
from tasks.serve.process import serving
from tests.helpers.wait import until
from tests.serve.fake import a_server, a_setup

engine, behaviour, forks = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "forks"
with serving(a_setup(a_server(engine, behaviour), engine / "log", grace_s=1.5)) as process:
    assert until((engine / "orphan").exists), (engine / "log").read_text()
    child = os.fork() if forks else 0
    try:
        if not forks or child:
            print(json.dumps([process.pid, int((engine / "orphan").read_text()), child]), flush=True)
        time.sleep(600)
    finally:
        print("stopping", flush=True)
"""


@contextmanager
def owner(
    tmp_path: Path, behaviour: str, forks: str = ""
) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that owns a server, with the process ids of the server, its orphan and the forked child."""
    argv = (sys.executable, "-c", OWNER, str(install(tmp_path)), behaviour, forks)
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, cwd=ROOT, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("behaviour", ["orphan", "orphan stubborn"])
def test_a_killed_owner(tmp_path: Path, behaviour: str) -> None:
    with owner(tmp_path, behaviour) as (process, (server, orphan, _)):
        assert running(server)
        assert running(orphan)
        process.kill()
        assert until(lambda: not running(server) and not running(orphan))


def test_a_killed_owner_whose_forked_child_holds_the_pipe(tmp_path: Path) -> None:
    with owner(tmp_path, "orphan", "forks") as (process, (server, orphan, child)):
        try:
            process.kill()
            assert until(lambda: not running(server) and not running(orphan))
            assert running(child)
        finally:
            subprocess.run(("kill", "-KILL", str(child)), check=True)


def test_an_owner_that_is_interrupted_twice(tmp_path: Path) -> None:
    with owner(tmp_path, "orphan stubborn") as (process, (server, orphan, _)):
        assert process.stdout
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (-signal.SIGINT, 130)
        assert not running(server)
        assert not running(orphan)
