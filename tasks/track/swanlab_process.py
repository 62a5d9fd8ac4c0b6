"""Starts SwanLab's worker process, whose imports take two seconds: early, if a job will surely come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field

from tasks.config.trackers import SwanLab
from tasks.provision.die_with_parent import die_with_parent

KEY_VARIABLE = "SWANLAB_API_KEY"
"""The environment variable that holds the worker's API key."""
# -P: a module in the working folder must not replace an installed one of the same name
WORKER_COMMAND = (sys.executable, "-P", "-m", "tasks.track.swanlab_worker")


@dataclass(frozen=True)
class WorkerStart:
    """A command that reads a SwanLabJob and prints a TrackOutcome, both as JSON, and its API key."""

    command: tuple[str, ...]
    key: str = field(repr=False)

    def process(self) -> subprocess.Popen[str]:
        """Start the worker. Raises OSError."""
        return subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(self.key),
            text=True,
            start_new_session=True,
        )


# Module state on purpose, as in fork_server: a process logs one run at a time.
_spare: tuple[WorkerStart, subprocess.Popen[str]] | None = None


def warm_up(config: SwanLab) -> None:
    """Start the worker of a run that ends soon, and return at once. Call `shut_down` in the end."""
    global _spare
    if config.enabled and _spare is None:
        start = worker_start(config)
        with suppress(OSError):  # it is started again when the run ends, and the error is reported then
            _spare = start, start.process()


def shut_down() -> None:
    """End a worker that no run has taken."""
    global _spare
    if _spare is not None:
        kill(_spare[1])
        _spare = None


def started_worker(start: WorkerStart) -> subprocess.Popen[str]:
    """Return the worker that was started early if it is the same one, or start one. Raises OSError."""
    global _spare
    if _spare is None or _spare[0] != start or _spare[1].poll() is not None:
        return start.process()
    process, _spare = _spare[1], None
    return process


def worker_start(config: SwanLab, command: tuple[str, ...] | None = None) -> WorkerStart:
    """Return how to start the worker. `command` replaces WORKER_COMMAND, killed when this process dies."""
    return WorkerStart(command or die_with_parent(WORKER_COMMAND), api_key(config))


def api_key(config: SwanLab) -> str:
    """Return the API key of mode online; empty in another mode or without a key."""
    return os.environ.get(config.api_key_env, "") if config.mode == "online" else ""


def worker_environment(key: str) -> dict[str, str]:
    """Return this process's environment with the API key, without SwanLab settings: the spec holds those."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SWANLAB_")}
    if key:
        environment[KEY_VARIABLE] = key
    return environment


def kill(worker: subprocess.Popen[str]) -> None:
    """End a worker that still runs, with the processes that it started, and close its pipes."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()
