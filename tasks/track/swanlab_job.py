"""The job that the SwanLab worker process reads from its stdin."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.trackers import SwanLab
from tasks.track.tracked_run import TrackedRun


class SwanLabJob(Frozen):
    """One experiment to log into `folder`. The API key is in the worker's environment, not in the job."""

    config: SwanLab
    run: TrackedRun
    folder: Path

    @property
    def experiment_id(self) -> str:
        """The run's id, or a hash of the id if SwanLab does not accept it."""
        run_id = self.run.run_id
        if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", run_id):
            return run_id
        return hashlib.sha256(run_id.encode()).hexdigest()[:32]
