"""The columns and types of the tables, in one place."""

from __future__ import annotations

from typing import Literal, get_args

import pyarrow as pa

from tasks.measure.speed.figures import FIGURES

TableName = Literal["runs", "points", "knees", "checks", "requests", "scores", "samples", "telemetry"]
TABLES: tuple[TableName, ...] = get_args(TableName)

_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}
_TIME = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.string())


def _columns(kind: type, names: str) -> list[pa.Field]:
    return [pa.field(name, _TYPES[kind]) for name in names.split()]


FIGURE_NAMES = tuple(figure.name for figure in FIGURES)
_LATER = (
    "model_license tokenizer server_env sweeps run_name rate load_label load_settings measured_by"
    " objectives objectives_met warnings doubts"
)
LATER = frozenset([*_LATER.split(), *FIGURE_NAMES])
"""Columns that files of earlier versions may lack; they read as null."""

SCHEMAS: dict[TableName, pa.Schema] = {
    "runs": pa.schema(
        [
            *_columns(str, "run_id spec spec_digest"),
            pa.field("sweeps", _TEXTS),
            pa.field("started_at", _TIME),
            pa.field("finished_at", _TIME),
            *_columns(str, "outcome"),
            pa.field("warnings", _TEXTS),
            *_columns(str, "engine engine_version environment_digest model model_revision model_license"),
            *_columns(str, "tokenizer server_args server_env"),
            pa.field("gpu_names", _TEXTS),
            *_columns(str, "driver cpu"),
            *_columns(int, "cpu_count memory_bytes"),
            *_columns(str, "client_versions git_commit"),
        ]
    ),
    "points": pa.schema(
        [
            *_columns(str, "run_id measured_by sweep run_name load_label load_settings"),
            *_columns(int, "concurrency"),
            *_columns(float, "rate"),
            *_columns(int, "requests repeat attempt"),
            *_columns(bool, "reused"),
            *_columns(int, "succeeded failed"),
            *_columns(float, " ".join(FIGURE_NAMES)),
            pa.field("objectives", _TEXTS),
            *_columns(bool, "objectives_met"),
            *_columns(str, "verdict"),
            pa.field("reasons", _TEXTS),
        ]
    ),
    "checks": pa.schema(
        [
            *_columns(str, "run_id sweep load_label"),
            *_columns(int, "concurrency"),
            *_columns(float, "rate"),
            *_columns(int, "requests repeat attempt"),
            *_columns(str, "check verdict sentence"),
            *_columns(float, "value limit"),
        ]
    ),
    "knees": pa.schema(
        [
            *_columns(str, "run_id sweep load"),
            *_columns(float, "knee low high"),
            *_columns(str, "reason"),
            *_columns(int, "points"),
            pa.field("doubts", _TEXTS),
        ]
    ),
    "requests": pa.schema(
        [
            *_columns(str, "run_id sweep load_label"),
            *_columns(int, "concurrency"),
            *_columns(float, "rate"),
            *_columns(int, "repeat index"),
            *_columns(bool, "warmup"),
            pa.field("sent_at", _TIME),
            *_columns(float, "client_delay_s ttft_s tpot_s latency_s"),
            pa.field("itl_s", pa.list_(pa.float64())),
            *_columns(int, "input_tokens output_tokens cached_tokens"),
            *_columns(str, "finish_reason"),
            *_columns(int, "status_code"),
            *_columns(str, "error"),
            *_columns(bool, "succeeded"),
        ]
    ),
    "scores": pa.schema(
        [
            *_columns(str, "run_id measured_by dataset subset metric"),
            *_columns(int, "questions repeats"),
            *_columns(float, "value ci_low ci_high"),
            *_columns(int, "failed truncated"),
        ]
    ),
    "samples": pa.schema(
        [
            *_columns(str, "run_id dataset subset"),
            *_columns(int, "question repeat"),
            *_columns(str, "target answer"),
            *_columns(bool, "correct"),
            *_columns(str, "response finish_reason"),
            *_columns(int, "input_tokens output_tokens"),
            *_columns(float, "latency_s"),
            *_columns(str, "error"),
        ]
    ),
    "telemetry": pa.schema(
        [
            *_columns(str, "run_id"),
            pa.field("time", _TIME),
            *_columns(str, "source metric"),
            *_columns(float, "value"),
        ]
    ),
}
