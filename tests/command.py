"""The command as its user runs it, with a mark in the environment that every child inherits."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil

from tasks.config.home import home

MARK = "E2E_MARK"
SERVEGAUGE = str(Path(sys.executable).with_name("servegauge"))


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A home folder of its own (Prefect's database lies there), the shared cache of environments."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **kept,
        "HOME": str(folder),
        "SERVEGAUGE_HOME": str(home()),
        MARK: uuid.uuid4().hex,
        **more,
    }


def start(arguments: list[str], env: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    """Start `servegauge …` in a folder."""
    return subprocess.Popen(
        [SERVEGAUGE, *arguments],
        env=env,
        cwd=folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(arguments: list[str], env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `servegauge …` to its end."""
    with start(arguments, env, folder) as process:
        out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def left_over(env: dict[str, str]) -> list[str]:
    """Command lines of the processes that carry this run's mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == env[MARK] and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
