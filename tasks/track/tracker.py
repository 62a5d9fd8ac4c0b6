"""Shows a run in SwanLab from a child process with a time limit; a failure is a warning, never more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

from tasks.config.trackers import SwanLab
from tasks.track.bundle import TrackedRun, TrackJob, TrackOutcome

_WORKER = (
    sys.executable,
    "-P",
    "-m",
    "tasks.track.swanlab_worker",
)  # -P: whatever lies in the working folder


def track_run(
    track: SwanLab, bundle: TrackedRun, folder: Path, command: tuple[str, ...] = _WORKER
) -> TrackOutcome:
    """Log one run as one experiment under `folder`. Raises nothing for a tracker that fails."""
    if track.mode == "disabled":
        return TrackOutcome(ok=True)
    job = TrackJob(track=track, bundle=bundle, folder=folder.resolve())
    key = os.environ.get(track.api_key_env, "") if track.mode == "online" else ""
    try:
        outcome = _outcome(job, command, _environment(key))
    except subprocess.TimeoutExpired:
        outcome = _failure(f"no answer within {track.timeout_s:g} s")
    except OSError as error:
        outcome = _failure(f"its process did not start: {error.strerror}")
    if outcome.warning is None:
        return outcome
    warning = outcome.warning.replace(key, "***") if key else outcome.warning
    return outcome.model_copy(update={"warning": f"not tracked in SwanLab: {warning}"})


def _outcome(job: TrackJob, command: tuple[str, ...], environment: dict[str, str]) -> TrackOutcome:
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
        said, complaints = worker.communicate(job.model_dump_json(), timeout=job.track.timeout_s)
    finally:
        _end(worker)
    try:
        return TrackOutcome.model_validate_json((said.splitlines() or [""])[-1])
    except ValidationError:
        last = (complaints.strip().splitlines() or ["without a word"])[-1]
        return _failure(f"its process ended with code {worker.returncode}: {last}")


def _environment(key: str) -> dict[str, str]:
    """This process's environment without settings of SwanLab's: the spec alone says how to track."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWANLAB_")}
    return kept | ({"SWANLAB_API_KEY": key} if key else {})


def _end(worker: subprocess.Popen[str]) -> None:
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()


def _failure(warning: str) -> TrackOutcome:
    return TrackOutcome(ok=False, warning=warning)
