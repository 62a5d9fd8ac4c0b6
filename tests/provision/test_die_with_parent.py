"""A command that is tied to us ends when we are killed."""

from __future__ import annotations

import subprocess
import sys

import psutil

from tasks.config.home import checkout
from tests.serve.fake import until

OWNER = """
import subprocess, sys
from tasks.provision.die_with_parent import die_with_parent
subprocess.run(die_with_parent(("/bin/sh", "-c", "echo $$; exec sleep 600")))
"""


def test_it_ends_with_whoever_waits_for_it() -> None:
    argv = (sys.executable, "-c", OWNER)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=checkout()) as owner:
        assert owner.stdout
        command = psutil.Process(int(owner.stdout.readline()))
        assert command.is_running()
        owner.kill()
        owner.wait()
    assert until(lambda: not command.is_running() or command.status() == psutil.STATUS_ZOMBIE)
