"""A run against a server whose answers carry no usage: its times are recorded, with a warning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.record.store import Store

pytestmark = pytest.mark.usefixtures("api")
TOKENS = ("output_token_throughput", "total_token_throughput", "tpot_mean_s", "output_tokens_mean")
TIMES = ("ttft_mean_s", "itl_mean_s", "latency_mean_s", "request_throughput")


def test_a_server_without_usage_is_measured(
    stub: Callable[..., Stub], quick: Callable[[Stub], str], tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer))
    server.faults([{"kind": "no_usage"}])
    results = tmp_path / "results"
    store, run = Store(results), benchmark(spec=quick(server), results=str(results))
    runs, points, checks = (store.read(name, run) for name in ("runs", "points", "checks"))
    assert runs["outcome"].to_list() == ["completed"]
    assert any("without counting their tokens (usage)" in warning for warning in runs["warnings"][0])
    assert points["succeeded"].to_list() == [2, 20]
    assert [points[name].null_count() for name in TOKENS] == [2] * len(TOKENS)
    assert [points[name].null_count() for name in TIMES] == [0] * len(TIMES)
    assert points["verdict"].to_list() == ["suspect"] * 2
    missing = checks.filter(checks["check"] == "usage_missing")
    assert missing["verdict"].to_list() == ["suspect"] * 2
    assert (results / run / "report.html").exists() or list(results.rglob("*.html"))
