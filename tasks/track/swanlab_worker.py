"""The SwanLab worker process: reads a job from stdin and prints its outcome as the last line of stdout."""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import signal
import sys

from tasks.quick_imports import quick_imports
from tasks.track.killed_swanlab import mark_as_logging
from tasks.track.swanlab_job import SwanLabJob
from tasks.track.tracked_run import TrackOutcome


def main() -> None:
    """Import SwanLab, wait for one job, log it and exit."""
    os.chdir("/")  # SwanLab reads swanlab.yaml and .env from its working folder
    with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(Exception), quick_imports():
        importlib.import_module("tasks.track.swanlab_experiment")  # `_log` imports it again, and reports
    text = sys.stdin.read()
    if not text:  # the run needs no worker after all
        return
    job = SwanLabJob.model_validate_json(text)
    # The parent kills this process at the time limit. If the parent dies, the kernel kills it on Linux, and
    # this alarm ends it elsewhere.
    signal.alarm(math.ceil(job.config.timeout_s) + 1)
    job.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(job.folder)
    # SwanLab prints; stdout is for the outcome
    with contextlib.redirect_stdout(sys.stderr), mark_as_logging(job):
        outcome = _log(job)
    print(outcome.model_dump_json(), flush=True)
    os._exit(0)  # SwanLab's exit hook can block forever


def _log(job: SwanLabJob) -> TrackOutcome:
    try:
        # imported here: the import may fail
        from tasks.track.swanlab_experiment import log_experiment

        return log_experiment(job)
    except Exception as error:
        return TrackOutcome.from_error(error)


if __name__ == "__main__":
    main()
