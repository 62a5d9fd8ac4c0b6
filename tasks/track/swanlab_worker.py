"""The tracking process: a job on stdin, its outcome as the last line of stdout."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys

from tasks.errors import TrackError
from tasks.track.bundle import TrackJob, TrackOutcome


def main() -> None:
    """Run one job. It never outlives its limit, even where nobody is left to end it."""
    job = TrackJob.model_validate_json(sys.stdin.read())
    signal.alarm(math.ceil(job.track.timeout_s) + 1)
    job.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(job.folder)  # SwanLab obeys the swanlab.yaml and .env of the folder it starts in
    with contextlib.redirect_stdout(sys.stderr):
        outcome = _outcome(job)
    print(outcome.model_dump_json(), flush=True)
    os._exit(0)  # SwanLab's exit hook may wait for ever


def _outcome(job: TrackJob) -> TrackOutcome:
    try:
        from tasks.track.swanlab import log_experiment

        return log_experiment(job)
    except TrackError as error:
        return TrackOutcome(ok=False, warning=f"{error.what}: {error.remedy}")
    except Exception as error:  # whatever a tracker raises is a warning
        first = (str(error).splitlines() or [""])[0]
        return TrackOutcome(ok=False, warning=f"{type(error).__name__}: {first}")


if __name__ == "__main__":
    main()
