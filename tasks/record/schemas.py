"""The columns of every table.

To add a column to a table, add the field to the recorded model, and its name here in `_added(…)`, so that
older files stay readable. rows.py copies fields and columns of the same name in both directions; edit
it only where a value is stored in another form. To add a figure of a load point, add an entry to
tasks/measure/speed/figures/figure_registry.py, nothing here. To add a table, add its name and columns here, a
row function to rows.py and a call to write_run.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, get_args

import pyarrow as pa

from tasks.measure.speed.figures.figure_registry import FIGURES

TableName = Literal["runs", "points", "knees", "checks", "requests", "scores", "samples", "telemetry"]
TABLES: tuple[TableName, ...] = get_args(TableName)
FIGURE_NAMES = tuple(figure.name for figure in FIGURES)

_ARROW_TYPES: dict[object, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
    list[str]: pa.list_(pa.string()),
    list[float]: pa.list_(pa.float64()),
}


class _Column(NamedTuple):
    """`added`: files of earlier versions may lack the column; it reads as null."""

    name: str
    type: pa.DataType
    added: bool


def _columns(kind: object, names: str) -> list[_Column]:
    """Columns of one type that every version has written; `names` separated by spaces."""
    return [_Column(name, _ARROW_TYPES[kind], added=False) for name in names.split()]


def _added(kind: object, names: str) -> list[_Column]:
    """Columns of one type that files of earlier versions may lack; `names` separated by spaces."""
    return [column._replace(added=True) for column in _columns(kind, names)]


_COLUMNS: dict[TableName, list[_Column]] = {
    "runs": [
        *_columns(str, "run_id spec spec_digest"),
        *_added(list[str], "sweeps"),
        *_columns(datetime, "started_at finished_at"),
        *_columns(str, "outcome"),
        *_added(list[str], "warnings"),
        *_columns(str, "engine engine_version environment_digest model model_revision"),
        *_added(str, "model_license tokenizer"),
        *_columns(str, "server_args"),
        *_added(str, "server_env"),
        *_columns(list[str], "gpu_names"),
        *_columns(str, "driver cpu"),
        *_columns(int, "cpu_count memory_bytes"),
        *_columns(str, "client_versions git_commit"),
        *_added(str, "source"),
        *_added(str, "resumes spec_json"),
    ],
    "points": [
        *_columns(str, "run_id"),
        *_added(str, "measured_by"),
        *_columns(str, "sweep"),
        *_added(str, "run_name load_label load_settings"),
        *_columns(int, "concurrency"),
        *_added(float, "rate"),
        *_columns(int, "requests repeat attempt"),
        *_columns(bool, "reused"),
        *_columns(int, "succeeded failed"),
        *_added(int, "abandoned"),
        *_added(float, " ".join(FIGURE_NAMES)),
        *_added(list[str], "objectives"),
        *_added(bool, "objectives_met"),
        *_added(str, "part_times"),
        *_columns(str, "verdict"),
        *_columns(list[str], "reasons"),
        *_added(list[str], "notes"),
    ],
    "checks": [
        *_columns(str, "run_id sweep"),
        *_added(str, "load_label"),
        *_columns(int, "concurrency"),
        *_added(float, "rate"),
        *_columns(int, "requests repeat attempt"),
        *_columns(str, "check verdict sentence"),
        *_columns(float, "value limit"),
    ],
    "knees": [
        *_columns(str, "run_id sweep load"),
        *_columns(float, "knee low high"),
        *_columns(str, "reason"),
        *_columns(int, "points"),
        *_added(list[str], "doubts"),
    ],
    "requests": [
        *_columns(str, "run_id sweep"),
        *_added(str, "load_label"),
        *_columns(int, "concurrency"),
        *_added(float, "rate"),
        *_columns(int, "repeat index"),
        *_columns(bool, "warmup"),
        *_columns(datetime, "sent_at"),
        *_columns(float, "client_delay_s ttft_s tpot_s latency_s"),
        *_columns(list[float], "itl_s"),
        *_columns(int, "input_tokens output_tokens cached_tokens"),
        *_added(int, "claimed_output_tokens total_tokens reasoning_tokens"),
        *_added(int, "planned_input_tokens planned_output_tokens planned_shared_tokens"),
        *_added(bool, "abandoned"),
        *_added(int, "conversation turn history_tokens"),
        *_added(float, "think_s"),
        *_added(str, "part"),
        *_columns(str, "finish_reason"),
        *_columns(int, "status_code"),
        *_columns(str, "error"),
        *_columns(bool, "succeeded"),
    ],
    "scores": [
        *_columns(str, "run_id"),
        *_added(str, "measured_by"),
        *_columns(str, "dataset subset metric"),
        *_columns(int, "questions repeats"),
        *_columns(float, "value ci_low ci_high"),
        *_columns(int, "failed truncated"),
        *_added(int, "empty unparsable"),
        *_added(float, "second_value"),
        *_added(int, "disagreements"),
        *_added(float, "pass_at_k cons_at_k all_at_k"),
        *_added(int, "repeats_needed"),
        *_added(str, "generation"),
        *_added(float, "output_tokens_per_correct seconds_per_correct"),
        *_added(int, "under_load"),
        *_added(float, "others_mean"),
        *_added(int, "others_min less_load"),
        *_added(str, "asks question_set combination"),
        *_added(int, "correct"),
        *_added(float, "output_tokens_mean busy_s energy_j energy_per_correct_j cost_per_correct"),
        *_added(list[str], "cost_doubts"),
    ],
    "samples": [
        *_columns(str, "run_id dataset subset"),
        *_columns(int, "question repeat"),
        *_columns(str, "target answer"),
        *_columns(bool, "correct"),
        *_columns(str, "response finish_reason"),
        *_columns(int, "input_tokens output_tokens"),
        *_columns(float, "latency_s"),
        *_columns(str, "error"),
        *_added(float, "score"),
        *_added(str, "second_answer"),
        *_added(bool, "second_correct"),
        *_added(str, "prompt reasoning"),
        *_added(int, "reasoning_tokens"),
        *_added(float, "ttft_s first_answer_s"),
        *_added(int, "tries"),
        *_added(str, "asked_by"),
        *_added(float, "others_mean"),
        *_added(int, "others_min"),
        *_added(datetime, "sent_at"),
    ],
    "telemetry": [
        *_columns(str, "run_id"),
        *_columns(datetime, "time"),
        *_columns(str, "source metric"),
        *_columns(float, "value"),
    ],
}


def _schema(columns: list[_Column]) -> pa.Schema:
    return pa.schema([pa.field(column.name, column.type) for column in columns])


def _added_names(columns: list[_Column]) -> frozenset[str]:
    return frozenset(column.name for column in columns if column.added)


SCHEMAS: dict[TableName, pa.Schema] = {table: _schema(columns) for table, columns in _COLUMNS.items()}
ADDED_COLUMNS = {table: _added_names(columns) for table, columns in _COLUMNS.items()}
"""For each table, the columns that files of earlier versions may lack; they read as null."""
