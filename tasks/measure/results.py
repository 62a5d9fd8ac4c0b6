"""What a measurement hands on: rows as they were seen, figures computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tasks.config.base import Frozen
from tasks.config.objective import Objective
from tasks.probe.reading import Reading


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the client saw it. Seconds; tokens as the server's usage counts them.

    `sent_at`: UTC, its last byte written. `client_delay_s`: from its slot being free to that moment.
    `ttft_s`, `latency_s`: from that moment to its first and last generated token.
    `tpot_s`: (latency - TTFT) / (output tokens - 1); None where all tokens came in one piece.
    `itl_s`: between two chunks.
    """

    index: int
    warmup: bool
    sent_at: datetime
    client_delay_s: float | None
    ttft_s: float | None
    tpot_s: float | None
    latency_s: float | None
    itl_s: tuple[float, ...]
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    finish_reason: str | None
    status_code: int | None
    error: str | None
    succeeded: bool


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One answer to one question. `answer` is what was extracted, `response` the whole text."""

    subset: str
    question: int
    repeat: int
    target: str
    answer: str | None
    correct: bool
    response: str
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    latency_s: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """What a measuring process hands back: its measured window in perf_counter seconds, and how it fared."""

    start: float
    end: float
    sent: int
    readings: tuple[Reading, ...] = ()


class Distribution(Frozen):
    """Mean and percentiles in seconds; None where the sample cannot carry the figure."""

    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None


class PointResult(Frozen):
    """The figures of one load point, over its measured (not warm-up) requests.

    `sustained_throughput`, of a closed loop: requests per second while all its slots are taken. `pace`, of an
    open loop: the rate at which requests leave over that at which they come, below 1 where a queue grows.
    `goodput` and `objectives_met` hold them against the sweep's `objectives`; None where there are none.
    `energy_j` is that of the server's GPUs, None where their power is not known; costs are in the currency
    of the spec's price, None without one.
    """

    sweep: str
    run_name: str
    concurrency: int | None
    rate: float | None = None
    requests: int
    repeat: int
    attempt: int
    succeeded: int
    failed: int
    duration_s: float
    request_throughput: float
    input_token_throughput: float
    output_token_throughput: float
    total_token_throughput: float
    ttft: Distribution
    tpot: Distribution
    itl: Distribution
    latency: Distribution
    input_tokens_mean: float | None
    output_tokens_mean: float | None
    sustained_throughput: float | None = None
    pace: float | None = None
    goodput: float | None = None
    objectives: tuple[Objective, ...] = ()
    objectives_met: bool | None = None
    energy_j: float | None = None
    energy_per_output_token_j: float | None = None
    energy_per_request_j: float | None = None
    cost_per_million_output_tokens: float | None = None
    cost_per_million_tokens: float | None = None
    first_error: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured point: figures, rows in order of sending, and the client's own readings."""

    result: PointResult
    rows: tuple[RequestRow, ...]
    readings: tuple[Reading, ...] = ()


class Score(Frozen):
    """One score of one subset. The interval is 95 %; failed and truncated count samples."""

    dataset: str
    subset: str
    metric: str
    questions: int
    repeats: int
    value: float
    ci_low: float
    ci_high: float
    failed: int
    truncated: int
