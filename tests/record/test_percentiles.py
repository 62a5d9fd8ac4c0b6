"""Percentiles by group: those of the points' figures, however the rows lie in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.measure.speed.request_row import RequestRow
from tasks.record.compact import compact
from tasks.record.percentiles import PercentileChoice, percentile_table
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tasks.stats import percentile
from tests.record import made_up

TTFT = PercentileChoice(values=("ttft_s",))


def requests(times: list[float]) -> list[RequestRow]:
    rows = [made_up.request(index) for index in range(len(times))]
    measured = [_with(row, ttft_s=time) for row, time in zip(rows, times, strict=True)]
    return [made_up.request(900, warmup=True), *measured, made_up.request(901, error="made up")]


def _with(row: RequestRow, **fields: Any) -> RequestRow:
    from dataclasses import replace

    return replace(row, **fields)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two runs with two loads, one of them in two repeats."""
    store = Store(tmp_path)
    for number, run_id in enumerate(("run-1", "run-2"), 1):
        record_run(store, made_up.run(run_id))
        for concurrency, repeat, count in ((1, 1, 5), (4, 1, 60), (4, 2, 60)):
            point = made_up.recorded(made_up.point(concurrency=concurrency, repeat=repeat), run_id)
            times = [number * (repeat + index / 100) for index in range(count)]
            record_point(store, run_id, point, requests(times))
    return store


@pytest.mark.parametrize("compacted", ["not", "one batch", "a batch a run", "and written again"])
def test_by_run_and_load(store: Store, compacted: str) -> None:
    if compacted != "not":
        compact(store, batch_bytes=1 if compacted == "a batch a run" else 2**26)
    if compacted == "and written again":
        point = made_up.recorded(made_up.point(concurrency=4), "run-1")
        record_point(store, "run-1", point, requests([1 + index / 100 for index in range(60)]))
    table = percentile_table(store, "requests", TTFT)
    assert table.columns == [
        "run_id", "sweep", "load_label", "rows", "ttft_s_p50", "ttft_s_p90", "ttft_s_p95", "ttft_s_p99"
    ]  # fmt: skip
    assert table.select("run_id", "load_label", "rows").rows() == [
        ("run-1", "c1", 5),
        ("run-1", "c4", 120),
        ("run-2", "c1", 5),
        ("run-2", "c4", 120),
    ]
    assert table.row(0)[4:] == (pytest.approx(1.02), None, None, None)
    ordered = sorted([1 + index / 100 for index in range(60)] + [2 + index / 100 for index in range(60)])
    assert table.row(1)[4:] == pytest.approx([percentile(ordered, percent) for percent in (50, 90, 95, 99)])


def test_by_other_columns_and_conditions(store: Store) -> None:
    choice = PercentileChoice(
        values=("ttft_s", "latency_s"), by=("load", "repeat"), where=("concurrency>=4",)
    )
    table = percentile_table(store, "requests", choice)
    assert table.select("load_label", "repeat", "rows").rows() == [("c4", 1, 120), ("c4", 2, 120)]
    assert table["latency_s_p50"].to_list() == [1.0, 1.0]
    one = PercentileChoice(values=("ttft_s",), by=("run",), run="run-2")
    assert percentile_table(store, "requests", one).select("run_id", "rows").rows() == [("run-2", 125)]
    points = PercentileChoice(values=("ttft_mean_s",), by=("sweep",))
    assert percentile_table(store, "points", points).select("sweep", "rows").rows() == [("throughput", 6)]


def test_nothing_recorded_is_no_group(tmp_path: Path) -> None:
    assert percentile_table(Store(tmp_path), "requests", TTFT).is_empty()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (PercentileChoice(values=("error",)), "holds no numbers"),
        (PercentileChoice(values=("ttft",)), "did you mean ttft_s"),
        (PercentileChoice(values=("ttft_s",), by=("runs",)), "no column is called 'runs'"),
    ],
)
def test_what_does_not_fit_is_refused(store: Store, choice: PercentileChoice, message: str) -> None:
    with pytest.raises(InputError, match=message):
        percentile_table(store, "requests", choice)
