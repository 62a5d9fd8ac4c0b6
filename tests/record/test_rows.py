"""Models and tables agree field by field, and rows come back as what was measured."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.probe.reading import Reading
from tasks.record import rows
from tasks.record.schemas import SCHEMAS, TABLES, TableName
from tests.record import made_up

DESIGN = {
    "runs": "run_id spec spec_digest sweeps started_at finished_at outcome warnings engine"
    " engine_version environment_digest model model_revision model_license tokenizer server_args"
    " server_env gpu_names driver cpu cpu_count memory_bytes client_versions git_commit",
    "points": "run_id measured_by sweep run_name load_label load_settings concurrency rate requests"
    " repeat attempt reused succeeded failed duration_s request_throughput"
    " input_token_throughput output_token_throughput total_token_throughput ttft_mean_s"
    " ttft_p50_s ttft_p90_s ttft_p95_s ttft_p99_s tpot_mean_s tpot_p50_s tpot_p90_s tpot_p95_s"
    " tpot_p99_s itl_mean_s itl_p50_s itl_p90_s itl_p95_s itl_p99_s latency_mean_s latency_p50_s"
    " latency_p90_s latency_p95_s latency_p99_s input_tokens_mean output_tokens_mean"
    " sustained_throughput pace goodput energy_j energy_per_output_token_j energy_per_request_j"
    " cost_per_million_output_tokens cost_per_million_tokens objectives objectives_met verdict"
    " reasons",
    "knees": "run_id sweep load knee low high reason points doubts",
    "checks": "run_id sweep load_label concurrency rate requests repeat attempt check verdict sentence"
    " value limit",
    "requests": "run_id sweep load_label concurrency rate repeat index warmup sent_at client_delay_s ttft_s"
    " tpot_s latency_s itl_s input_tokens output_tokens cached_tokens finish_reason status_code"
    " error succeeded",
    "scores": "run_id measured_by dataset subset metric questions repeats value ci_low ci_high failed"
    " truncated",
    "samples": "run_id dataset subset question repeat target answer correct response finish_reason"
    " input_tokens output_tokens latency_s error",
    "telemetry": "run_id time source metric value",
}


READING = Reading(made_up.START, "gpu", "made_up_watts", 3.5)
ROWS = {
    "runs": rows.run_row(made_up.run()),
    "points": rows.point_row("run-1", made_up.recorded(made_up.point())),
    "checks": rows.check_row("run-1", made_up.point(), made_up.check()),
    "knees": rows.knee_row("run-1", made_up.knee()),
    "requests": rows.request_row("run-1", made_up.point(), made_up.request()),
    "scores": rows.score_row("run-1", made_up.score(), "run-1"),
    "samples": rows.sample_row("run-1", "aime25", made_up.sample()),
    "telemetry": rows.telemetry_row("run-1", READING),
}


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_are_the_designs(table: TableName) -> None:
    assert SCHEMAS[table].names == DESIGN[table].split()


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_the_models_has_its_column(table: TableName) -> None:
    assert set(ROWS[table]) == set(SCHEMAS[table].names)


def test_a_check_comes_back() -> None:
    assert rows.check_of(ROWS["checks"]) == made_up.check()


def test_a_run_comes_back() -> None:
    assert rows.run_of(ROWS["runs"]) == made_up.run()


def test_a_point_comes_back_with_its_verdict() -> None:
    point = made_up.recorded(made_up.point(failed=3), verdict=Verdict(verdict="invalid", reasons=("a", "b")))
    row = rows.point_row("run-1", point)
    assert row["reused"] is False
    assert rows.point_of(row, point.result.run_name, point.result.first_error) == point


def test_a_reused_point_names_the_run_that_measured_it() -> None:
    point = made_up.recorded(made_up.point(), "run-0", Verdict(verdict="suspect", reasons=("two waves",)))
    row = rows.point_row("run-1", point)
    assert row["run_id"] == "run-1"
    assert row["reused"] is True
    assert (row["measured_by"], row["reasons"]) == ("run-0", ("two waves",))
    assert rows.point_of(row, point.result.run_name, None) == point


def test_an_open_loop_comes_back_with_all_its_settings() -> None:
    load = OpenLoop(rate=2.0, requests=20, arrival="constant", duration_s=9.0)
    point = made_up.recorded(made_up.point().model_copy(update={"load": load}))
    row = rows.point_row("run-1", point)
    assert (row["load_label"], row["concurrency"], row["rate"]) == ("rate2", None, 2.0)
    assert rows.point_of(row, point.result.run_name, None).result.load == load
