"""The `servegauge` command for a case, as a process that a test signals."""

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

from tasks.config.home import checkout
from tests.faults.case import END_LIMIT_S, Case
from tests.helpers.command_line import MARK
from tests.helpers.processes import with_variable
from tests.helpers.wait import until

COMMAND = (sys.executable, "-c", "from cli.main import main; main()")


@dataclass
class RunningCommand:
    """A command that was started. Its mark is in the environment of every descendant."""

    process: subprocess.Popen[str]
    mark: str

    def wait(self, limit_s: float = 120) -> int:
        """Wait for its end. Returns the exit code."""
        return self.process.wait(limit_s)

    def stderr(self) -> str:
        """Read what it wrote on stderr, until its end."""
        assert self.process.stderr
        return self.process.stderr.read()

    def send(self, *signals: signal.Signals, pause_s: float = 0.3) -> None:
        """Send signals, with a pause after each."""
        for number in signals:
            self.process.send_signal(number)
            time.sleep(pause_s)

    def all_ended(self) -> bool:
        """Wait until every process with its mark has ended. Returns whether they have."""
        return until(lambda: not with_variable(MARK, self.mark), END_LIMIT_S, 0.2)


@contextmanager
def servegauge(
    case: Case,
    api: str,
    *,
    prefix: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
    variables: dict[str, str] | None = None,
) -> Iterator[RunningCommand]:
    """Run `servegauge` inside the block, and kill it at the block's end.

    Args:
        case: its spec is run, in its folder.
        api: the address of a Prefect server. Empty: the command starts one of its own.
        prefix: a command that runs the command.
        arguments: replace `run SPEC --results FOLDER`.
        variables: are added to the environment.
    """
    mark = uuid.uuid4().hex
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    own = {"PYTHONPATH": str(checkout()), "PREFECT_API_URL": api, MARK: mark}
    arguments = arguments or ("run", case.spec(), "--results", str(case.results))
    with subprocess.Popen(
        (*prefix, *COMMAND, *arguments),
        env={**inherited, **own, **(variables or {})},
        cwd=case.folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        command = RunningCommand(process, mark)
        try:
            yield command
        finally:
            process.kill()
            assert command.all_ended()


def path_with_startup_code(folder: Path, source: str) -> str:
    """Write code that every Python process runs first. Returns the PYTHONPATH that makes it do so."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(source, encoding="utf-8")
    return f"{folder}:{checkout()}"
