"""Every mapped metric is read from a page as its engine writes it, with its meaning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import Metric
from tasks.probe.engine_metrics.metrics_registry import ALIASES, ENGINE_METRICS, METRICS, names_of, table_of
from tasks.probe.server_metrics import ServerMetrics, parse_metrics
from tests.probe.engine_metrics import pages

REQUESTS = {Meaning.RUNNING: 2, Meaning.WAITING: 1, Meaning.KV_CACHE_USE: 0.5, Meaning.FINISHED: 10}
TOKENS = {Meaning.PROMPT_TOKENS: 640, Meaning.OUTPUT_TOKENS: 160, Meaning.CACHE_HITS: 48}
TTFT = {Meaning.TTFT_SUM: 0.5, Meaning.TTFT_COUNT: 10}
LATENCY = {
    Meaning.LATENCY_SUM: 2,
    Meaning.LATENCY_COUNT: 10,
    Meaning.QUEUE_SUM: 0.25,
    Meaning.QUEUE_COUNT: 10,
}
ITL = {Meaning.DECODE_SUM: 1.5, Meaning.ITL_COUNT: 150}
DRAFTED = {Meaning.DRAFTED_TOKENS: 120, Meaning.ACCEPTED_TOKENS: 90}
EXPECTED: dict[str, tuple[str, dict[Meaning, float]]] = {
    "vLLM": (
        pages.VLLM,
        REQUESTS
        | TOKENS
        | TTFT
        | ITL
        | LATENCY
        | DRAFTED
        | {
            Meaning.CACHE_QUERIES: 640,
            Meaning.PREEMPTIONS: 3,
            Meaning.REJECTIONS: 5,
            Meaning.DRAFTS: 60,
        },
    ),
    "SGLang": (
        pages.SGLANG,
        REQUESTS
        | TOKENS
        | TTFT
        | ITL
        | LATENCY
        | {
            Meaning.WAITING: 5,
            Meaning.PREEMPTIONS: 3,
            Meaning.DRAFTS: 60,
            Meaning.ACCEPTANCE_RATE: 0.75,
            Meaning.ACCEPTED_LENGTH: 3.0,
        },
    ),
    "TGI": (
        pages.TGI,
        {
            Meaning.RUNNING: 2,
            Meaning.WAITING: 1,
            Meaning.FINISHED: 10,
            Meaning.PROMPT_TOKENS: 640,
            Meaning.OUTPUT_TOKENS: 160,
            Meaning.ACCEPTED_TOKENS: 90,
        }
        | LATENCY,
    ),
    "llama.cpp": (
        pages.LLAMACPP,
        {
            Meaning.RUNNING: 2,
            Meaning.WAITING: 1,
            Meaning.KV_CACHE_USE: 0.5,
            Meaning.COMPUTED_PROMPT_TOKENS: 592,
            Meaning.OUTPUT_TOKENS: 160,
            Meaning.CACHE_HITS: 48,
            Meaning.DECODE_SUM: 1.5,
            Meaning.DRAFTS: 60,
        }
        | DRAFTED,
    ),
    "TensorRT-LLM": (
        pages.TENSORRT_LLM,
        REQUESTS
        | TOKENS
        | TTFT
        | LATENCY
        | DRAFTED
        | {Meaning.DECODE_SUM: 1.5, Meaning.TPOT_SUM: 0.1, Meaning.TPOT_COUNT: 10},
    ),
}


def metrics_of(page: str) -> ServerMetrics:
    """Return the metrics of a page."""
    return ServerMetrics(time=datetime(2001, 2, 3, tzinfo=UTC), counters=parse_metrics(page))


@pytest.mark.parametrize("engine", EXPECTED)
def test_a_page_is_read_by_meaning(engine: str) -> None:
    page, expected = EXPECTED[engine]
    metrics = metrics_of(page)
    assert metrics.table
    assert metrics.table.engine == engine
    values = {meaning: metrics.value(meaning) for meaning in Meaning}
    assert {meaning: value for meaning, value in values.items() if value is not None} == expected


@pytest.mark.parametrize("table", ENGINE_METRICS, ids=lambda table: table.engine)
def test_every_mapped_metric_is_on_the_page_of_its_engine(table: object) -> None:
    engine = getattr(table, "engine", "")
    page = EXPECTED[engine][0]
    read = parse_metrics(page)
    names = {name for name in METRICS if (owner := table_of([name])) and owner.engine == engine}
    assert read.keys() == names
    assert metrics_of(page).counters.keys() <= METRICS.keys()


def test_every_older_name_is_on_an_older_page() -> None:
    newest = parse_metrics(pages.OLD_VLLM)
    assert newest.keys() == set(ALIASES.values())
    assert all(alias in pages.OLD_VLLM for alias in ALIASES)
    assert not ALIASES.keys() & METRICS.keys()


def test_names_are_mapped_once() -> None:
    every = [metric.name for table in ENGINE_METRICS for metric in table.metrics]
    assert len(every) == len(set(every))
    assert names_of(Meaning.WAITING) == (
        "vllm:num_requests_waiting",
        "sglang:num_queue_reqs",
        "tgi_queue_size",
        "llamacpp:requests_deferred",
        "trtllm_num_requests_waiting",
    )


def test_a_page_of_several_engines_belongs_to_none() -> None:
    assert table_of(["vllm:prompt_tokens_total", "sglang:prompt_tokens_total"]) is None
    assert parse_metrics(pages.VLLM + pages.SGLANG + "process_start_time_seconds 5\n") == {
        "process_start_time_seconds": 5.0
    }
    assert table_of(["dynamo_frontend_requests_total"]) is None


def test_values_are_converted_to_seconds_and_shares() -> None:
    latency = Metric(meaning=Meaning.LATENCY_SUM, name="x_ms_sum", kind="counter", unit="ms")
    usage = Metric(meaning=Meaning.KV_CACHE_USE, name="x_percent", kind="gauge", unit="%")
    assert (latency.factor, usage.factor) == (0.001, 0.01)
    assert {metric.factor for metric in METRICS.values()} == {1.0}
