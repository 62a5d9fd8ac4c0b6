"""`servegauge run` as a process, with a mark in its environment that every descendant inherits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.faults.engine import ROOT, Case, until

MARK = "SG_FAULT"
COMMAND = (sys.executable, "-c", "from cli.main import main; main()")


@dataclass
class Command:
    """A running command."""

    process: subprocess.Popen[str]
    mark: str

    def ends(self, limit_s: float = 60) -> int:
        """Its exit code."""
        self.process.wait(limit_s)
        return self.process.returncode

    def said(self) -> str:
        """What it wrote on stderr, once it has ended."""
        assert self.process.stderr
        return self.process.stderr.read()

    def left(self) -> list[str]:
        """Command lines of whatever carries its mark."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    def nothing_left(self) -> bool:
        """Whether all that carries its mark ends within the time that forcing it takes."""
        return until(lambda: not self.left(), 30, 0.2)


@contextmanager
def command(
    case: Case, api: str, *prefix: str, words: tuple[str, ...] | None = None, **more: str
) -> Iterator[Command]:
    """Run the case's spec; `prefix` is a command that runs the command. Killed at the block's end.

    `words`: what stands after `servegauge`, by default the case's run.
    """
    mark = uuid.uuid4().hex
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    env = {**kept, "PYTHONPATH": str(ROOT), "PREFECT_API_URL": api, MARK: mark, **more}
    argv = (*prefix, *COMMAND, *(words or ("run", case.spec(), "--results", str(case.results))))
    with subprocess.Popen(
        argv,
        env=env,
        cwd=case.folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        run = Command(process, mark)
        try:
            yield run
        finally:
            process.kill()
            assert run.nothing_left()


def end_of(run: Command, *numbers: signal.Signals, pause_s: float = 0.3) -> None:
    """Send signals, a moment apart."""
    for number in numbers:
        run.process.send_signal(number)
        time.sleep(pause_s)


def site_with(folder: Path, source: str) -> str:
    """A PYTHONPATH under which each process runs some code first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(source, encoding="utf-8")
    return f"{folder}:{ROOT}"
