"""A command that dies with its parent."""

from __future__ import annotations

import subprocess
import sys

from tasks.config.home import checkout
from tests.helpers.processes import running
from tests.helpers.wait import until

PARENT = """
import subprocess, sys
from tasks.provision.die_with_parent import die_with_parent
subprocess.run(die_with_parent(("/bin/sh", "-c", "echo $$; exec sleep 600")))
"""


def test_a_killed_parent_ends_the_command() -> None:
    argv = (sys.executable, "-c", PARENT)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=checkout()) as parent:
        assert parent.stdout
        command = int(parent.stdout.readline())
        assert running(command)
        parent.kill()
        parent.wait()
    assert until(lambda: not running(command))
