"""What a measuring process is given: everything it needs, and nothing else."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from tasks.config.accuracy import Accuracy
from tasks.config.base import Frozen
from tasks.config.sweep import Load, Sweep
from tasks.serve.results import Endpoint

SETUP_S = 900.0
"""Room for tokenizers, prompts and reports beside the requests themselves."""


class PointJob(Frozen):
    """One load of one sweep, one repeat, one attempt.

    `seed` fixes the prompts; it must differ between any two points, repeats and attempts that one
    server may see, or its prefix cache answers for the model. `folder` is this attempt's own.
    """

    sweep: Sweep
    load: Load
    repeat: int
    attempt: int
    run_name: str
    endpoint: Endpoint
    folder: Path
    seed: int

    @property
    def total(self) -> int:
        """Requests sent, warm-up included."""
        return self.load.requests + self.sweep.warmup_requests

    @property
    def limit_s(self) -> float:
        """No point can last longer when every request keeps its own limit."""
        return SETUP_S + self.sweep.timeout_s * (ceil(self.total / self.load.concurrency) + 1)


class AccuracyJob(Frozen):
    """One question set, all its repeats. `folder` is this attempt's own."""

    accuracy: Accuracy
    endpoint: Endpoint
    folder: Path
    attempt: int
