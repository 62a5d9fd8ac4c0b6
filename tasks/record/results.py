"""What recording hands on: figures together with their verdict and the run that measured them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tasks.audit.verdict import Verdict
from tasks.config.base import Frozen
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.point_result import PointResult

Outcome = Literal["running", "completed", "failed", "stopped", "killed"]
"""`stopped`: asked to end, and it did; `killed`: its process was gone before it could say how it ended."""


class RecordedPoint(Frozen):
    """One load point. `run_id` is the run that measured it, which may be an earlier one."""

    result: PointResult
    verdict: Verdict
    run_id: str


class RecordedAccuracy(Frozen):
    """The scores of one question set. `run_id` is the run that measured them.

    `error` says why there are none, where the set could not be asked at all.
    """

    scores: tuple[Score, ...]
    run_id: str
    error: str | None = None


class Manifest(Frozen):
    """What a run was measured with.

    `server_args`, `server_env` and `client_versions` are JSON objects in a string.
    None where it cannot be known, as with the engine of a server that somebody else started.
    """

    engine: str | None = None
    engine_version: str | None = None
    environment_digest: str | None = None
    model: str
    model_revision: str | None = None
    model_license: str | None = None
    tokenizer: str | None = None
    server_args: str = "{}"
    server_env: str | None = None
    gpu_names: tuple[str, ...] = ()
    driver: str | None = None
    cpu: str | None = None
    cpu_count: int | None = None
    memory_bytes: int | None = None
    client_versions: str = "{}"
    git_commit: str | None = None


class RunRecord(Frozen):
    """One run of one spec. Times are UTC; `finished_at` is None while it runs.

    `sweeps`: their names in the spec's order; none where an earlier version did not record them.
    """

    run_id: str
    spec: str
    spec_digest: str
    sweeps: tuple[str, ...] = ()
    started_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome = "running"
    warnings: tuple[str, ...] = ()
    manifest: Manifest
