"""A made-up point that passes every check, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tasks.audit.evidence import Evidence
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import ServerMetrics
from tasks.serve.endpoint import Endpoint

START = datetime(2001, 2, 3, tzinfo=UTC)
TTFT, TPOT, INPUT, OUTPUT = 0.05, 0.01, 64, 16
LATENCY = TTFT + (OUTPUT - 1) * TPOT
SLOTS, REQUESTS = 4, 60


def row(index: int, **fields: Any) -> RequestRow:
    """A request as the stub would answer it, with some fields replaced."""
    values: dict[str, Any] = {
        "warmup": False,
        "sent_at": START + timedelta(seconds=index // SLOTS * LATENCY),
        "client_delay_s": 0.001,
        "ttft_s": TTFT,
        "tpot_s": TPOT,
        "latency_s": LATENCY,
        "itl_s": (TPOT,) * (OUTPUT - 1),
        "input_tokens": INPUT,
        "output_tokens": OUTPUT,
        "cached_tokens": 0,
        "finish_reason": "length",
        "status_code": 200,
        "error": None,
        "succeeded": True,
        "planned_input_tokens": INPUT,
        "planned_output_tokens": OUTPUT,
        "planned_shared_tokens": 0,
    }
    return RequestRow(index=index, **(values | fields))


def failed(index: int, status: int = 500) -> RequestRow:
    """A request that was answered with an HTTP error."""
    fields = ("ttft_s", "tpot_s", "latency_s", "input_tokens", "output_tokens", "finish_reason")
    empty: dict[str, Any] = dict.fromkeys(fields)
    return row(index, itl_s=(), error=f"HTTP {status}: no", status_code=status, succeeded=False, **empty)


def counters(rows: tuple[RequestRow, ...], **changes: float) -> ServerMetrics:
    """The counters of a server after it answered these rows; `changes` are added to them."""
    succeeded = [row for row in rows if row.succeeded]
    tokens = sum(row.output_tokens or 0 for row in succeeded)
    counted = {
        "request_success_total": len(succeeded),
        "prompt_tokens_total": sum(row.input_tokens or 0 for row in succeeded),
        "generation_tokens_total": tokens,
        "prefix_cache_queries_total": sum(row.input_tokens or 0 for row in succeeded),
        "prefix_cache_hits_total": 0,
        "num_preemptions_total": 0,
        "admission_rejections_total": 0,
        "time_to_first_token_seconds_sum": TTFT * len(succeeded),
        "time_to_first_token_seconds_count": len(succeeded),
        "inter_token_latency_seconds_sum": TPOT * (tokens - len(succeeded)),
        "inter_token_latency_seconds_count": tokens - len(succeeded),
    }
    values = {f"vllm:{name}": value + changes.get(name, 0.0) for name, value in counted.items()}
    values["process_start_time_seconds"] = changes.get("start_time", 0.0)
    return ServerMetrics(time=START, counters=values)


def evidence(rows: tuple[RequestRow, ...] | None = None, **changes: float) -> Evidence:
    """A point of four slots and fifteen waves; `changes` are added to the server's counters."""
    rows = every() if rows is None else rows
    load = ClosedLoop(concurrency=SLOTS, requests=REQUESTS)
    sweep = Sweep(name="made-up", input_tokens=INPUT, output_tokens=OUTPUT, load=(load,))
    job = PointJob(
        sweep=sweep,
        load=load,
        repeat=1,
        attempt=1,
        run_name="made-up",
        endpoint=Endpoint(url="http://127.0.0.1:9/v1", model="made-up", tokenizer="none"),
        folder="/nowhere",
        seed=1,
    )
    succeeded = tuple(row for row in rows if row.succeeded)
    return Evidence(
        sweep=sweep,
        result=point_result(job, Measurement(rows=rows, duration_s=REQUESTS / SLOTS * LATENCY)),
        rows=rows,
        before=counters(()),
        after=counters(succeeded, **changes),
        readings=(
            reading("cpu_share", 0.1),
            reading("loop_lag_max_s", 0.001),
            reading("others_cpu_share", 0.01, "machine"),
            *gpu(),
        ),
    )


def gpu(count: int = 9, **changes: Callable[[int], float]) -> tuple[Reading, ...]:
    """Readings of a busy GPU, three a second; `changes` compute a metric from the reading's number."""
    usual: dict[str, Callable[[int], float]] = {
        "utilization_share": lambda number: 0.97,
        "memory_used_bytes": lambda number: 70e9,
        "power_w": lambda number: 600,
        "sm_clock_mhz": lambda number: 1980,
        "throttle_reasons": lambda number: 0,
        "temperature_c": lambda number: 60,
        "foreign_processes": lambda number: 0,
    }
    return tuple(
        Reading(START + timedelta(seconds=number / 3), "gpu", f"{metric}_gpu0", value(number))
        for number in range(count)
        for metric, value in (usual | changes).items()
    )


def reading(metric: str, value: float, source: str = "client") -> Reading:
    """One reading, by default of the load generator."""
    return Reading(START, source, metric, value)


def every(**fields: Any) -> tuple[RequestRow, ...]:
    """The point's rows, with these fields replaced in each."""
    return tuple(row(index, **fields) for index in range(REQUESTS))


def with_one(changed: RequestRow) -> tuple[RequestRow, ...]:
    """The point's rows, one of them replaced."""
    return tuple(changed if index == changed.index else row(index) for index in range(REQUESTS))


def without_metrics() -> Evidence:
    """The point at a server without /metrics."""
    return replace(evidence(), before=None, after=None)


def with_readings(*readings: Reading) -> Evidence:
    """The point with these readings only."""
    return replace(evidence(), readings=readings)


def with_sweep(point: Evidence, **fields: Any) -> Evidence:
    """The point with some fields of its sweep replaced."""
    return replace(point, sweep=point.sweep.model_copy(update=fields))
