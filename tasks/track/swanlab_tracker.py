"""The SwanLab tracker: starts the worker process, enforces its time limit, and hides the API key."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import ClassVar

from pydantic import ValidationError

from tasks.config.trackers import SwanLab
from tasks.text import last_lines
from tasks.track import swanlab_process
from tasks.track.swanlab_job import SwanLabJob
from tasks.track.swanlab_process import WorkerStart
from tasks.track.tracked_run import TrackedRun, TrackOutcome


class SwanLabTracker:
    """Logs a run to SwanLab in a separate process, because an upload to SwanLab can block forever."""

    name: ClassVar[str] = "SwanLab"

    def __init__(self, config: SwanLab, command: tuple[str, ...] | None = None) -> None:
        """Keep the settings.

        Args:
            config: the spec's `track.swanlab`.
            command: starts the worker, which reads a SwanLabJob and prints a TrackOutcome, both as JSON.
                By default `swanlab_process.WORKER_COMMAND`, which is killed when this process dies.
        """
        self._config = config
        self._command = command

    def on_run_end(self, run: TrackedRun, folder: Path) -> TrackOutcome:
        """Log the run as one experiment below `folder`; takes at most `timeout_s` seconds."""
        job = SwanLabJob(config=self._config, run=run, folder=folder.resolve())
        key = swanlab_process.api_key(self._config)
        try:
            outcome = _run_worker(swanlab_process.worker_start(self._config, self._command), job)
        except subprocess.TimeoutExpired:
            return TrackOutcome(warning=f"no answer within {self._config.timeout_s:g} s")
        except OSError as error:
            return TrackOutcome(warning=f"the worker process did not start: {error.strerror}")
        if not (key and outcome.warning):
            return outcome
        return outcome.model_copy(update={"warning": outcome.warning.replace(key, "***")})


def _run_worker(start: WorkerStart, job: SwanLabJob) -> TrackOutcome:
    worker = swanlab_process.started_worker(start)
    try:
        stdout, stderr = worker.communicate(job.model_dump_json(), timeout=job.config.timeout_s)
    finally:
        swanlab_process.kill(worker)
    try:
        return TrackOutcome.model_validate_json(last_lines(stdout, 1))
    except ValidationError:
        reason = last_lines(stderr, 1) or "no error message"
        return TrackOutcome(warning=f"the worker process ended with code {worker.returncode}: {reason}")
