"""Made-up results of many runs, written as runs write them: one file a stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.audit.verdict import Check, Verdict
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.record import rows
from tasks.record.parquet_file import rows_to_table
from tasks.record.results import Manifest, RecordedPoint, RunRecord
from tasks.record.schemas import TABLES, TableName
from tasks.record.store import Store
from tasks.record.write_run import stage_of

START = datetime(2026, 1, 1, tzinfo=UTC)
CHECKS = 29
GAPS = 8
"""Gaps between chunks of each made-up answer."""


def run_id(number: int) -> str:
    """The id of the made-up run with a number."""
    return f"{START + timedelta(minutes=number):%Y%m%d-%H%M%S}-made-up-{number % 65536:04x}"


def write_runs(folder: Path, runs: int, loads: int, requests: int, processes: int = 2) -> None:
    """Write runs with a point for each load and its requests; one process writes every n-th run."""
    for table in TABLES:
        (folder / table).mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        shares = [range(first, runs, processes) for first in range(processes)]
        for done in [pool.submit(_write_share, folder, share, loads, requests) for share in shares]:
            done.result()


def _write_share(folder: Path, numbers: range, loads: int, requests: int) -> None:
    store, random = Store(folder), np.random.default_rng(numbers.start)
    run = rows_to_table("runs", [rows.run_row(_run())])
    points = [point_of(level, requests) for level in range(1, loads + 1)]
    tables = [dict(_point_tables(point, requests)) for point in points]
    for number in numbers:
        name, started_at = run_id(number), START + timedelta(minutes=number)
        times = {"started_at": started_at, "finished_at": started_at + timedelta(seconds=50)}
        _write(store, "runs", name, "run", _with(run, {"run_id": name, **times}))
        for point, of_table in zip(points, tables, strict=True):
            for table, content in of_table.items():
                changed = {"run_id": name, **({"measured_by": name} if table == "points" else {})}
                filled = _with(content, changed)
                if table == "requests":
                    filled = _with_times(filled, random)
                _write(store, table, name, stage_of(point), filled)


def _point_tables(point: PointResult, requests: int) -> Iterator[tuple[TableName, pa.Table]]:
    verdict = Verdict(verdict="valid")
    check = Check(check="client_delay", verdict="valid", sentence="in time, made up", value=0.001, limit=0.01)
    recorded = RecordedPoint(result=point, verdict=verdict, run_id="")
    yield "points", rows_to_table("points", [rows.point_row("", recorded)])
    yield "checks", rows_to_table("checks", [rows.check_row("", point, check)] * CHECKS)
    answers = [rows.request_row("", point, _request(index)) for index in range(requests)]
    yield "requests", rows_to_table("requests", answers)


def _write(store: Store, table: TableName, run: str, stage: str, content: pa.Table) -> None:
    pq.write_table(content, str(store.path(table, run, stage)), compression="zstd")


def _with(table: pa.Table, values: Mapping[str, object]) -> pa.Table:
    for name, value in values.items():
        position = table.schema.get_field_index(name)
        field = table.schema.field(position)
        table = table.set_column(position, field, pa.array([value] * table.num_rows, type=field.type))
    return table


def _with_times(table: pa.Table, random: np.random.Generator) -> pa.Table:
    """Return requests with other times in each row, as clocks give them."""
    for name, mean in {"ttft_s": 0.05, "tpot_s": 0.01, "latency_s": 1.0, "client_delay_s": 1e-4}.items():
        position = table.schema.get_field_index(name)
        times = random.lognormal(np.log(mean), 0.3, table.num_rows)
        table = table.set_column(position, table.schema.field(position), pa.array(times))
    position = table.schema.get_field_index("itl_s")
    gaps = pa.array(random.lognormal(np.log(0.01), 0.3, table.num_rows * GAPS))
    offsets = pa.array(np.arange(table.num_rows + 1, dtype=np.int32) * GAPS)
    return table.set_column(position, table.schema.field(position), pa.ListArray.from_arrays(offsets, gaps))


def point_of(level: int, requests: int) -> PointResult:
    """A made-up point of a closed loop."""
    figures = dict.fromkeys(BY_NAME) | {
        "duration_s": requests / level,
        "request_throughput": float(level),
        "output_token_throughput": 64.0 * level,
        "ttft_mean_s": 0.05,
        "tpot_mean_s": 0.01,
        "latency_mean_s": 1.0,
        "output_tokens_mean": 64.0,
    }
    return PointResult(
        sweep="throughput",
        run_name=f"made-up-c{level}",
        load=ClosedLoop(concurrency=level, requests=requests),
        requests=requests,
        repeat=1,
        attempt=1,
        succeeded=requests,
        failed=0,
        figures=figures,
    )


def _run() -> RunRecord:
    manifest = Manifest(
        engine="vllm", engine_version="0.0.0", model="made-up", gpu_names=("Made-up GPU",), cpu="Made-up CPU"
    )
    return RunRecord(
        run_id="",
        spec="made-up",
        spec_digest="0123456789abcdef",
        sweeps=("throughput",),
        started_at=START,
        finished_at=START,
        outcome="completed",
        manifest=manifest,
    )


def _request(index: int) -> RequestRow:
    return RequestRow(
        index=index,
        warmup=False,
        sent_at=START + timedelta(seconds=index),
        client_delay_s=0.0001,
        ttft_s=0.05,
        tpot_s=0.01,
        latency_s=1.0,
        itl_s=(),
        input_tokens=128,
        output_tokens=64,
        cached_tokens=0,
        finish_reason="length",
        status_code=200,
        error=None,
        succeeded=True,
    )
