"""The columns of each table that a terminal shows where nobody chooses others."""

from __future__ import annotations

from tasks.record.schemas import TableName

SHORT_COLUMNS: dict[TableName, tuple[str, ...]] = {
    "runs": ("run_id", "spec", "model", "engine", "engine_version", "outcome"),
    "points": (
        "run_id",
        "sweep",
        "load_label",
        "requests",
        "output_token_throughput",
        "ttft_mean_s",
        "tpot_mean_s",
        "verdict",
    ),
    "knees": ("run_id", "sweep", "load", "knee", "low", "high", "reason", "doubts"),
    "checks": ("run_id", "sweep", "load_label", "check", "verdict", "value", "limit"),
    "requests": ("run_id", "sweep", "load_label", "index", "ttft_s", "tpot_s", "output_tokens", "error"),
    "scores": ("run_id", "dataset", "subset", "questions", "repeats", "value", "ci_low", "ci_high"),
    "samples": ("run_id", "dataset", "question", "repeat", "target", "answer", "correct", "finish_reason"),
    "telemetry": ("run_id", "time", "source", "metric", "value"),
}
