"""A run whose results location is a bucket: recorded, reused on another machine, reported, compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.config.results_location import results_location
from tasks.record.store import Store
from tests.helpers.command_line import environment, run
from tests.record.s3 import BUCKET, S3

pytestmark = pytest.mark.usefixtures("api")
RESULTS = f"s3://{BUCKET}/team/results"


def test_a_run_in_a_bucket_is_reused_reported_and_compared(
    stub: Callable[..., Stub],
    quick: Callable[[Stub], str],
    s3_account: S3,
    tokenizer: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer))
    spec = quick(server)
    first = benchmark(spec=spec, results=RESULTS)
    kept = s3_account.objects()
    assert {f"team/results/{table}" for table in ("runs", "points", "requests", "telemetry", "cache")} <= {
        name.rpartition("/")[0] for name in kept
    }
    assert f"team/results/files/{first}/report.html" in kept
    assert not list((tmp_path / "home").rglob("*.parquet"))
    assert Store(results_location(RESULTS)).read("runs", first)["outcome"].to_list() == ["completed"]

    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "another machine"))
    server.clear_log()
    second = benchmark(spec=spec, results=RESULTS)
    assert server.log() == []
    assert Store(results_location(RESULTS)).read("points", second)["reused"].to_list() == [True, True]

    def output_of(*arguments: str) -> str:
        env = environment(tmp_path, SERVEGAUGE_HOME=str(tmp_path / "a third"))
        done = run([*arguments, "--results", RESULTS], env, tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    points = json.loads(output_of("results", "points", "--format", "json"))
    assert {point["run_id"] for point in points} == {first, second}
    assert first in output_of("report", first)
    assert "+0.0 %" in output_of("compare", first, second)
    assert not [
        name for name, content in s3_account.objects().items() if s3_account.secret.encode() in content
    ]
