"""Reads the server's metrics from its Prometheus page /metrics."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tasks.config.base import Frozen
from tasks.probe.http_client import client_for
from tasks.serve.endpoint import Endpoint
from tasks.serve.engines.registry import metric_aliases

HISTOGRAMS = (
    "vllm:time_to_first_token_seconds",
    "vllm:inter_token_latency_seconds",
    "vllm:e2e_request_latency_seconds",
    "vllm:request_queue_time_seconds",
)
COUNTERS = frozenset(
    {
        "vllm:prompt_tokens_total",
        "vllm:generation_tokens_total",
        "vllm:request_success_total",
        "vllm:prefix_cache_queries_total",
        "vllm:prefix_cache_hits_total",
        "vllm:external_prefix_cache_hits_total",
        "vllm:num_preemptions_total",
        "vllm:admission_rejections_total",
    }
    | {f"{name}_sum" for name in HISTOGRAMS}
    | {f"{name}_count" for name in HISTOGRAMS}
)
GAUGES = frozenset({"vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"})
NAMES = COUNTERS | GAUGES
"""The metrics that are recorded. Those of other engines and older versions are renamed to these."""
ALIASES = metric_aliases()
START_TIME = "process_start_time_seconds"
"""Seconds since 1970. Every process that uses Prometheus' own library exports it."""
FIRST_WORD = re.compile(r"[\w:]+")


class ServerMetrics(Frozen):
    """The metrics at one moment.

    Attributes:
        time: when the request was sent, UTC.
        counters: value by name, summed over labels. Counters grow from the server's start. Shares (`…_perc`,
            0 to 1) are the highest over labels.
    """

    time: datetime
    counters: dict[str, float]


def read_metrics(endpoint: Endpoint, *, client: httpx.Client | None = None) -> ServerMetrics | None:
    """Return the metrics; None where the server has no /metrics, none of NAMES, or cannot be reached."""
    if client is None:
        with client_for(endpoint) as own_client:
            return read_metrics(endpoint, client=own_client)
    time = datetime.now(UTC)  # before the request: a late response may carry old values
    values = parse_metrics(fetch_metrics_page(client, endpoint), NAMES | ALIASES.keys() | {START_TIME})
    for alias, name in ALIASES.items():
        if alias in values:
            values.setdefault(name, values.pop(alias))
    counters = {name: value for name, value in values.items() if name in NAMES | {START_TIME}}
    return ServerMetrics(time=time, counters=counters) if counters.keys() & NAMES else None


def fetch_metrics_page(client: httpx.Client, endpoint: Endpoint) -> str:
    """Return the text of /metrics; empty where the server has none or cannot be reached."""
    try:
        response = client.get(f"{endpoint.root}/metrics")
    except (httpx.HTTPError, httpx.InvalidURL):
        return ""
    return response.text if response.status_code == 200 else ""


def parse_metrics(page: str, names: Collection[str]) -> dict[str, float]:
    """Return the values of the samples called one of `names`, over labels; empty for an invalid page."""
    values: dict[str, float] = {}
    try:
        for family in text_string_to_metric_families(_lines_of(page, names)):
            for sample in family.samples:
                value = values.get(sample.name, 0.0)
                is_share = sample.name.endswith("_perc")
                values[sample.name] = max(value, sample.value) if is_share else value + sample.value
    except ValueError:
        return {}
    return values


def _lines_of(page: str, names: Collection[str]) -> str:
    """Return the samples called one of `names`: parsing thousands of bucket lines each second is slow."""
    lines = []
    for line in page.splitlines():
        word = FIRST_WORD.match(line)
        if word and word.group() in names:
            lines.append(line)
    return "\n".join(lines) + "\n"
