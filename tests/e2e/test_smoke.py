"""`servegauge run smoke` as a user runs it: real vLLM, real EvalScope, real Prefect, real SwanLab files."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pyarrow.dataset as ds
import pytest

from tasks.audit.checks import CHECKS
from tasks.provision.synthetic_weights import TEXT
from tasks.record.export import export_table
from tasks.record.schemas import SCHEMAS, TABLES, TableName
from tasks.record.store import Store
from tests.helpers.command_line import environment, left_over, run, start

WRITTEN = [table for table in TABLES if table != "knees"]
"""All tables but that of searches: the smoke lists its loads."""
pytestmark = [pytest.mark.real_vllm, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder, working folder and results of this module's runs."""
    return tmp_path_factory.mktemp("smoke")


@pytest.fixture(scope="module")
def smoke(folder: Path) -> CompletedProcess[str]:
    """The first run, which measures everything."""
    env = environment(folder)
    finished = run(["run", "smoke"], env, folder)
    assert finished.returncode == 0, finished.stderr + finished.stdout
    assert left_over(env) == []
    return finished


@pytest.fixture(scope="module")
def results(smoke: CompletedProcess[str], folder: Path) -> Path:
    """The results folder after the first run."""
    return folder / "results"


def read(results: Path, table: TableName) -> pl.DataFrame:
    """Read a table."""
    return pl.read_parquet(results / table / "*.parquet")


def test_the_report_is_printed(smoke: CompletedProcess[str]) -> None:
    for expected in (
        "Sweep throughput",
        "Sweep chat",
        "Best configuration",
        "AveragePass@1",
        "aime-format-sample",
    ):
        assert expected in smoke.stdout
    stages = [line.split()[0] for line in smoke.stderr.splitlines() if line[:1].isalpha()]
    assert list(dict.fromkeys(stages)) == [
        "plan",
        "provision",
        "serve",
        "health",
        "sweep",
        "accuracy",
        "track",
    ]


@pytest.mark.parametrize("table", WRITTEN)
def test_every_table_reads_back_with_polars_and_pyarrow(results: Path, table: TableName) -> None:
    schema = SCHEMAS[table]
    arrow = ds.dataset(results / table).to_table()
    assert arrow.schema.equals(schema)
    assert arrow.num_rows > 0
    assert read(results, table).columns == schema.names


def test_the_server_counted_the_tokens_that_are_recorded(results: Path) -> None:
    telemetry = read(results, "telemetry").filter(pl.col("metric") == "vllm:generation_tokens_total")
    served = telemetry.select(pl.col("value").max() - pl.col("value").min()).item()
    recorded = read(results, "requests")["output_tokens"].sum()
    assert recorded == served
    assert recorded >= 65 * 64  # 65 requests of exactly 64 tokens, and the chat's


def test_speed_is_recorded_and_not_refused(results: Path) -> None:
    points = read(results, "points").sort("sweep", "concurrency")
    assert points["succeeded"].to_list() == points["requests"].to_list() == [20, 5, 20, 40]
    assert "invalid" not in points["verdict"].to_list()
    fixed = read(results, "requests").filter(pl.col("sweep") == "throughput")
    assert set(fixed["output_tokens"]) == {64}
    assert set(fixed["input_tokens"]) == {128}
    assert fixed.select(pl.col("ttft_s").min()).item() > 0
    # Where vLLM's own API server waits for a CPU, it sends several tokens at once.
    assert fixed.select(pl.col("itl_s").list.len().max()).item() >= 60


def test_every_check_has_a_verdict_at_every_point(results: Path) -> None:
    checks = read(results, "checks")
    assert checks.group_by("sweep", "concurrency").len()["len"].to_list() == [len(CHECKS)] * 4
    verdicts = dict(checks.filter(sweep="throughput", concurrency=8).select("check", "verdict").iter_rows())
    exact = ("failures", "rejections", "metrics", "restart", "output_length", "input_length", "usage",
             "requests_counted", "output_counted", "input_counted", "preemptions", "waves")  # fmt: skip
    assert {verdicts[name] for name in exact} == {"valid"}
    assert {verdicts[name] for name in verdicts if name.startswith("gpu_")} == {"unchecked"}
    assert verdicts["other_load"] != "unchecked"


def test_the_score_of_the_synthetic_model(results: Path) -> None:
    """The model always answers 26, which is right for one of the eight questions."""
    scores = read(results, "scores")
    assert scores["dataset"].to_list() == ["aime-format-sample"]
    score = scores.row(0, named=True)
    assert (score["value"], score["questions"], score["failed"]) == (0.125, 8, 0)
    assert score["ci_low"] < 0.125 < score["ci_high"]
    samples = read(results, "samples")
    assert samples.filter("correct")["target"].to_list() == ["26"]
    assert all(TEXT in response for response in samples["response"])


@pytest.mark.parametrize("table", WRITTEN)
def test_every_table_is_exported_as_json_records(results: Path, table: TableName) -> None:
    records = json.loads(export_table(Store(results), table, "json").text)
    assert list(records[0]) == SCHEMAS[table].names


def test_the_command_prints_the_scores_as_json(results: Path, folder: Path) -> None:
    finished = run(["results", "scores", "--format", "json"], environment(folder), folder)
    assert [record["value"] for record in json.loads(finished.stdout)] == [0.125]


def test_a_second_run_measures_nothing(results: Path, folder: Path) -> None:
    env = environment(folder)
    finished = run(["run", "smoke"], env, folder)
    assert finished.returncode == 0, finished.stderr
    assert "0 to measure, 5 reused" in finished.stderr
    assert "serve " not in finished.stderr
    assert left_over(env) == []
    assert read(results, "points").filter("reused").height == 4


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_no_process(folder: Path, number: signal.Signals, code: int) -> None:
    env = environment(folder)
    with start(["run", "smoke", "--results", f"stopped-{code}"], env, folder) as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("serve"):
                break
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert left_over(env) == []
    assert read(folder / f"stopped-{code}", "runs")["outcome"].to_list() == ["stopped"]
