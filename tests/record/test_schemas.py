"""The tables have the columns that users know, and one for each field that is recorded."""

from __future__ import annotations

import pytest

from tasks.record.schemas import ADDED_COLUMNS, FIGURE_NAMES, SCHEMAS, TABLES, TableName
from tests.record.rows_of_tables import ROWS

COLUMNS: dict[TableName, str] = {
    "runs": "run_id spec spec_digest sweeps started_at finished_at outcome warnings engine"
    " engine_version environment_digest model model_revision model_license tokenizer server_args"
    " server_env gpu_names driver cpu cpu_count memory_bytes client_versions git_commit"
    " source resumes spec_json",
    "points": "run_id measured_by sweep run_name load_label load_settings concurrency rate requests"
    " repeat attempt reused succeeded failed abandoned duration_s request_throughput"
    " input_token_throughput output_token_throughput total_token_throughput ttft_mean_s"
    " ttft_p50_s ttft_p90_s ttft_p95_s ttft_p99_s tpot_mean_s tpot_p50_s tpot_p90_s tpot_p95_s"
    " tpot_p99_s itl_mean_s itl_p50_s itl_p90_s itl_p95_s itl_p99_s latency_mean_s latency_p50_s"
    " latency_p90_s latency_p95_s latency_p99_s input_tokens_mean output_tokens_mean"
    " sustained_throughput pace goodput energy_j energy_per_output_token_j energy_per_request_j"
    " cost_per_million_output_tokens cost_per_million_tokens objectives objectives_met part_times"
    " verdict reasons notes",
    "knees": "run_id sweep load knee low high reason points doubts",
    "checks": "run_id sweep load_label concurrency rate requests repeat attempt check verdict sentence"
    " value limit",
    "requests": "run_id sweep load_label concurrency rate repeat index warmup sent_at client_delay_s ttft_s"
    " tpot_s latency_s itl_s input_tokens output_tokens cached_tokens claimed_output_tokens total_tokens"
    " reasoning_tokens planned_input_tokens planned_output_tokens planned_shared_tokens abandoned"
    " conversation turn history_tokens think_s part finish_reason status_code error succeeded",
    "scores": "run_id measured_by dataset subset metric questions repeats value ci_low ci_high failed"
    " truncated empty unparsable second_value disagreements pass_at_k cons_at_k all_at_k repeats_needed"
    " generation output_tokens_per_correct seconds_per_correct"
    " under_load others_mean others_min less_load asks question_set combination"
    " correct output_tokens_mean busy_s energy_j energy_per_correct_j cost_per_correct cost_doubts",
    "samples": "run_id dataset subset question repeat target answer correct response finish_reason"
    " input_tokens output_tokens latency_s error score second_answer second_correct prompt reasoning"
    " reasoning_tokens ttft_s first_answer_s tries asked_by others_mean others_min sent_at",
    "telemetry": "run_id time source metric value",
}


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_are_those_that_users_know(table: TableName) -> None:
    known = COLUMNS[table].split()
    new_figures = set(FIGURE_NAMES) - set(known)  # they follow from figures.py alone
    assert [name for name in SCHEMAS[table].names if name not in new_figures] == known


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_the_models_has_its_column(table: TableName) -> None:
    assert set(ROWS[table]) == set(SCHEMAS[table].names)


def test_columns_that_older_files_lack_are_known_by_table() -> None:
    assert ADDED_COLUMNS["scores"] >= {"measured_by", "disagreements"}
    assert ADDED_COLUMNS["requests"] == {
        "load_label",
        "rate",
        "claimed_output_tokens",
        "total_tokens",
        "reasoning_tokens",
        "planned_input_tokens",
        "planned_output_tokens",
        "planned_shared_tokens",
        "abandoned",
        "conversation",
        "turn",
        "think_s",
        "history_tokens",
        "part",
    }
    assert ADDED_COLUMNS["points"] >= set(FIGURE_NAMES)
    assert ADDED_COLUMNS["telemetry"] == set()
