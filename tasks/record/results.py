"""The recorded values that later stages use: a run, and its figures with the run that measured them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tasks.audit.verdict import Verdict
from tasks.config.base import Frozen
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.point_result import PointResult

Outcome = Literal["running", "completed", "failed", "stopped", "killed"]
"""`stopped`: the run was asked to end. `killed`: its process ended without recording an outcome."""


class RecordedPoint(Frozen):
    """One load point with its verdict. `run_id`: the run that measured it, which may be an earlier one."""

    result: PointResult
    verdict: Verdict
    run_id: str


class RecordedAccuracy(Frozen):
    """The scores of one question set. `run_id`: the run that measured them, which may be an earlier one.

    `error`: why there are no scores; None if there are.
    """

    scores: tuple[Score, ...]
    run_id: str
    error: str | None = None


class DisputedAnswer(Frozen):
    """An answer that one grader calls right and the other wrong. `answer` is what EvalScope extracted."""

    dataset: str
    question: int
    repeat: int
    target: str
    answer: str | None
    correct: bool
    second_answer: str | None
    finish_reason: str | None


class QuestionShare(Frozen):
    """The mean score, 0 to 1, of the answers to one question. A failed request counts as a wrong answer."""

    dataset: str
    subset: str
    question: int
    target: str
    answers: int
    share: float


class Manifest(Frozen):
    """What a run was measured with. A field is None if its value is not known.

    `source`: the load generator that measured an imported run, such as `guidellm 0.8.1`; None for our own.
    `server_args`, `server_env` and `client_versions` are JSON objects in a string.
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
    source: str | None = None


class RunRecord(Frozen):
    """One run of one spec. Times are in UTC; `finished_at` is None while the run goes on.

    `sweeps`: the names of the sweeps in the order of the spec; empty if an earlier version recorded the run
    without them.
    """

    run_id: str
    spec: str
    spec_digest: str
    sweeps: tuple[str, ...] = ()
    started_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome = "running"
    warnings: tuple[str, ...] = ()
    resumes: str | None = None
    """The run that it goes on with: both measured the same server, by the user's word."""
    spec_json: str | None = None
    """The spec, see `recorded_spec.py`; None if another tool or an earlier version recorded the run."""
    manifest: Manifest
