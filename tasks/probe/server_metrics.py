"""The server's own figures, read from its Prometheus page."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tasks.config.base import Frozen
from tasks.probe.http_client import client_for
from tasks.serve.endpoint import Endpoint

TIMES = (
    "time_to_first_token_seconds",
    "inter_token_latency_seconds",
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
)
COUNTERS = frozenset(
    f"vllm:{name}"
    for name in (
        "prompt_tokens_total",
        "generation_tokens_total",
        "request_success_total",
        "prefix_cache_queries_total",
        "prefix_cache_hits_total",
        "external_prefix_cache_hits_total",
        "num_preemptions_total",
        "admission_rejections_total",
        *(f"{name}_{part}" for name in TIMES for part in ("sum", "count")),
    )
)
NAMES = COUNTERS | {"vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"}
START_TIME = "process_start_time_seconds"
"""Seconds since 1970; any process that uses Prometheus' own library tells it."""
# What versions before 0.11 call the same.
OLD_NAMES = {
    "vllm:gpu_cache_usage_perc": "vllm:kv_cache_usage_perc",
    "vllm:gpu_prefix_cache_queries_total": "vllm:prefix_cache_queries_total",
    "vllm:gpu_prefix_cache_hits_total": "vllm:prefix_cache_hits_total",
    "vllm:time_per_output_token_seconds_sum": "vllm:inter_token_latency_seconds_sum",
    "vllm:time_per_output_token_seconds_count": "vllm:inter_token_latency_seconds_count",
}
WORD = re.compile(r"[\w:]+")


class ServerMetrics(Frozen):
    """Figures at one moment (UTC), that of asking. `counters`: by the server's own name, summed over labels.

    Shares (`…_perc`, 0 to 1) are the highest over labels. Counters grow from the server's start.
    """

    time: datetime
    counters: dict[str, float]


def read_metrics(endpoint: Endpoint, *, client: httpx.Client | None = None) -> ServerMetrics | None:
    """The figures now; None where the server has no /metrics, none of vLLM's, or cannot be reached."""
    if client is None:
        with client_for(endpoint) as own:
            return read_metrics(endpoint, client=own)
    time = datetime.now(UTC)  # before: an answer that comes late tells old figures
    values = values_of(metrics_text(client, endpoint), NAMES | OLD_NAMES.keys() | {START_TIME})
    for old, new in OLD_NAMES.items():
        if old in values:
            values.setdefault(new, values.pop(old))
    counters = {name: value for name, value in values.items() if name in NAMES | {START_TIME}}
    return ServerMetrics(time=time, counters=counters) if counters.keys() & NAMES else None


def metrics_text(client: httpx.Client, endpoint: Endpoint) -> str:
    """The page /metrics as it is; empty where there is none."""
    try:
        response = client.get(f"{endpoint.root}/metrics")
    except (httpx.HTTPError, httpx.InvalidURL):
        return ""
    return response.text if response.status_code == 200 else ""


def values_of(text: str, names: Collection[str]) -> dict[str, float]:
    """The samples called one of `names` in a Prometheus page, over labels; empty for what is no such page."""
    # Only the lines wanted are parsed: the page has thousands, most of them buckets, and is read each second.
    lines = (line for line in text.splitlines() if (word := WORD.match(line)) and word.group() in names)
    values: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families("\n".join(lines) + "\n"):
            for sample in family.samples:
                seen = values.get(sample.name, 0.0)
                shares = sample.name.endswith("_perc")
                values[sample.name] = max(seen, sample.value) if shares else seen + sample.value
    except ValueError:
        return {}
    return values
