"""A command that is tied to us ends when we are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from tests.serve.fake import until

OWNER = """
import subprocess, sys
from tasks.provision.tied import tied
subprocess.run(tied(("/bin/sh", "-c", "echo $$; exec sleep 600")))
"""


def test_it_ends_with_whoever_waits_for_it() -> None:
    argv = (sys.executable, "-c", OWNER)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as owner:
        assert owner.stdout
        command = psutil.Process(int(owner.stdout.readline()))
        assert command.is_running()
        owner.kill()
        owner.wait()
    assert until(lambda: not command.is_running() or command.status() == psutil.STATUS_ZOMBIE)
