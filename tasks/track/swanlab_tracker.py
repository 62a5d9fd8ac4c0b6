"""The SwanLab tracker: starts the worker process, enforces its time limit, and hides the API key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from tasks.config.trackers import SwanLab
from tasks.provision.die_with_parent import die_with_parent
from tasks.text import last_lines
from tasks.track.swanlab_job import KEY_VARIABLE, SwanLabJob
from tasks.track.tracked_run import TrackedRun, TrackOutcome

# -P: a module in the working folder must not replace an installed one of the same name
WORKER_COMMAND = (sys.executable, "-P", "-m", "tasks.track.swanlab_worker")


class SwanLabTracker:
    """Logs a run to SwanLab in a separate process, because an upload to SwanLab can block forever."""

    name: ClassVar[str] = "SwanLab"

    def __init__(self, config: SwanLab, command: tuple[str, ...] | None = None) -> None:
        """Keep the settings.

        Args:
            config: the spec's `track.swanlab`.
            command: starts the worker, which reads a SwanLabJob and prints a TrackOutcome, both as JSON.
                By default WORKER_COMMAND, which is killed when this process dies.
        """
        self._config = config
        self._command = command or die_with_parent(WORKER_COMMAND)

    def on_run_end(self, run: TrackedRun, folder: Path) -> TrackOutcome:
        """Log the run as one experiment below `folder`; takes at most `timeout_s` seconds."""
        job = SwanLabJob(config=self._config, run=run, folder=folder.resolve())
        key = os.environ.get(self._config.api_key_env, "") if self._config.mode == "online" else ""
        try:
            outcome = _run_worker(self._command, job, worker_environment(key))
        except subprocess.TimeoutExpired:
            return TrackOutcome(warning=f"no answer within {self._config.timeout_s:g} s")
        except OSError as error:
            return TrackOutcome(warning=f"the worker process did not start: {error.strerror}")
        if not (key and outcome.warning):
            return outcome
        return outcome.model_copy(update={"warning": outcome.warning.replace(key, "***")})


def worker_environment(key: str) -> dict[str, str]:
    """Return this process's environment with the API key, without SwanLab settings: the spec holds those."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SWANLAB_")}
    if key:
        environment[KEY_VARIABLE] = key
    return environment


def _run_worker(command: tuple[str, ...], job: SwanLabJob, environment: dict[str, str]) -> TrackOutcome:
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        start_new_session=True,
    )
    try:
        stdout, stderr = worker.communicate(job.model_dump_json(), timeout=job.config.timeout_s)
    finally:
        _kill(worker)
    try:
        return TrackOutcome.model_validate_json(last_lines(stdout, 1))
    except ValidationError:
        reason = last_lines(stderr, 1) or "no error message"
        return TrackOutcome(warning=f"the worker process ended with code {worker.returncode}: {reason}")


def _kill(worker: subprocess.Popen[str]) -> None:
    """End a worker that still runs, with the processes that it started, and close its pipes."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()
