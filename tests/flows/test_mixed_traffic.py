"""A whole run with a mix of two sweeps: its rows, its figures by part, and its reuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from flows.benchmark import benchmark
from stub.process import Stub
from tasks.measure.speed.figures.notation import SECONDS
from tasks.record.store import Store
from tasks.report.read_report import read_report
from tasks.report.tables.report_tables import all_tables
from tests.report.made_up import cells

pytestmark = pytest.mark.usefixtures("api")
LOAD = [{"concurrency": 3, "requests": 40}]


def write_spec(folder: Path, url: str, tokenizer: Path) -> str:
    """Write a spec with a mix of questions, also sent alone, and of long prompts. Return its path."""
    spec = {
        "name": "office",
        "server": {"kind": "endpoint", "url": url, "model": "stub", "tokenizer": str(tokenizer)},
        "sweeps": [
            {"name": "chat", "endpoint": "chat", "dataset": "openqa", "max_tokens": 8, "load": LOAD},
            {
                "name": "long",
                "input_tokens": 150,
                "output_tokens": 20,
                "objectives": ["latency_mean_s <= 0.06"],
            },
            {
                "name": "both",
                "mix": [{"sweep": "chat", "share": 0.75}, {"sweep": "long", "share": 0.25}],
                "load": LOAD,
            },
        ],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    file = folder / "office.yaml"
    file.write_text(yaml.safe_dump(spec))
    return str(file)


def test_a_mix_is_measured_reported_and_reused(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path
) -> None:
    server = stub(ttft=0.05, itl=0.002, tokenizer=tokenizer)
    spec, results = write_spec(tmp_path, server.url, tokenizer), tmp_path / "results"
    run = benchmark(spec, results=str(results))
    store = Store(results)
    points = store.read("points", run)
    assert sorted(points["sweep"]) == ["both", "chat"]
    assert "invalid" not in points["verdict"].to_list()
    requests = store.read("requests", run).filter(pl.col("sweep") == "both")
    assert dict(requests["part"].value_counts().iter_rows()) == {"chat": 30, "long": 10}
    assert set(requests.filter(part="long")["input_tokens"]) == {150}
    assert set(requests.filter(part="long")["output_tokens"]) == {20}
    assert set(requests.filter(part="chat")["output_tokens"]) == {8}

    report = read_report(store, run)
    (table,) = [table for table in all_tables(report) if table.title == "Sweep both by part"]
    assert cells(table, "Part") == ["chat", "long"]
    assert cells(table, "Requests") == ["30", "10"]
    ttft = requests.filter(part="chat")["ttft_s"].mean()
    assert isinstance(ttft, float)
    assert float(cells(table, "TTFT mean")[0]) == pytest.approx(ttft * 1000, rel=0.01)

    # By hand: a long answer takes 0.05 + 19 x 0.002 = 0.088 s, one of chat 0.064 s, and 3 of 4 are of chat.
    both = points.row(by_predicate=pl.col("sweep") == "both", named=True)
    assert both["objectives"] == ["long: latency_mean_s <= 0.06"]
    assert both["objectives_met"] is False
    assert both["goodput"] == pytest.approx(both["request_throughput"] * 0.75)
    (judged,) = [table for table in all_tables(report) if table.title == "Sweep both objectives"]
    latency = requests.filter(part="long")["latency_s"].mean()
    assert isinstance(latency, float)
    assert cells(judged, "long: latency_mean_s") == [SECONDS.text(latency)]

    again = benchmark(spec, results=str(results))
    assert store.read("points", again)["reused"].to_list() == [True, True]
    assert len(report.parts) == len(read_report(store, again).parts) == 2
