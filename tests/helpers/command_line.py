"""The `servegauge` command as a process. A variable in its environment marks it and its descendants."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

from tasks.config.home import home
from tests.helpers.processes import command_lines, with_variable

MARK = "TEST_MARK"
SERVEGAUGE = str(Path(sys.executable).with_name("servegauge"))
LIMIT_S = 600.0
_OVERRIDES = "-dac_override,-dac_read_search"
AS_LIMITED_USER = (
    ("setpriv", f"--bounding-set={_OVERRIDES}", f"--inh-caps={_OVERRIDES}") if os.geteuid() == 0 else ()
)
"""Starts a command for which the rights of files count: for root they do not."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return variables with a mark, `folder` as the home folder, and the shared cache of environments.

    Prefect's database lies in the home folder.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    own = {"HOME": str(folder), "SERVEGAUGE_HOME": str(home()), MARK: uuid.uuid4().hex}
    return {**inherited, **own, **more}


def start(
    arguments: list[str], env: dict[str, str], folder: Path, before: tuple[str, ...] = ()
) -> subprocess.Popen[str]:
    """Start `servegauge ARGUMENTS` in a folder; `before` is a command that starts it."""
    return subprocess.Popen(
        [*before, SERVEGAUGE, *arguments],
        env=env,
        cwd=folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(
    arguments: list[str], env: dict[str, str], folder: Path, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run `servegauge ARGUMENTS` in a folder until it ends, for at most ten minutes."""
    with start(arguments, env, folder, before) as process:
        out, err = process.communicate(timeout=LIMIT_S)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def left_over(env: dict[str, str]) -> list[str]:
    """Return the command lines of the running processes with the mark of `env`."""
    return command_lines(with_variable(MARK, env[MARK]))
