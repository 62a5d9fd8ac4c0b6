"""The stub's /metrics, with vLLM's names: plain numbers, written as Prometheus text on request."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from stub.request_log import LoggedRequest

LABELS = ("engine", "model_name")
BOUNDS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
ASSUMED_SLOTS = 256
"""Slots that the KV cache usage is a share of, if the options set no limit."""
COUNTERS = (
    "prompt_tokens",
    "generation_tokens",
    "prefix_cache_queries",
    "prefix_cache_hits",
    "num_preemptions",
    "admission_rejections",
)
HISTOGRAMS = ("time_to_first_token", "inter_token_latency", "e2e_request_latency", "request_queue_time")


class Buckets:
    """A histogram that adds a value many times at once, which prometheus_client's cannot."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Add a value in seconds, `times` times."""
        self.counts[bisect_left(BOUNDS, value)] += times
        self.sum += value * times

    def cumulative(self) -> list[tuple[str, float]]:
        """Return each upper bound with the number of values at or below it."""
        total = 0
        pairs = []
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            total += number
            pairs.append((bound, float(total)))
        return pairs


class Metrics(Collector):
    """The metrics. A request changes counters and histograms at its end, and gauges while it runs."""

    def __init__(self, model: str, slots: int) -> None:
        self._labels = ("0", model)
        self._slots = slots or ASSUMED_SLOTS
        self.finished = {"stop": 0, "length": 0, "abort": 0}
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.running = 0
        self.waiting = 0
        self.histograms = {name: Buckets() for name in HISTOGRAMS}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Return the page."""
        return generate_latest(self._registry)

    def add_request(self, entry: LoggedRequest, finish_reason: str, now: float) -> None:
        """Count a request that has generated. `finish_reason` is stop, length or abort."""
        self.finished[finish_reason] += 1
        self.counters["prompt_tokens"] += entry.prompt_tokens
        self.counters["prefix_cache_queries"] += entry.prompt_tokens
        self.counters["prefix_cache_hits"] += entry.cached_tokens
        self.counters["generation_tokens"] += entry.tokens
        if entry.first_sent is None or entry.last_sent is None or entry.started is None:
            return
        self.histograms["time_to_first_token"].observe(entry.ttft)
        if entry.tokens > 1 and entry.last_sent > entry.first_sent:
            self.histograms["inter_token_latency"].observe(entry.itl, entry.tokens - 1)
        self.histograms["e2e_request_latency"].observe(now - entry.arrived)
        self.histograms["request_queue_time"].observe(entry.started - entry.arrived)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics. prometheus_client calls this for each page."""
        success = CounterMetricFamily("vllm:request_success", "requests", labels=(*LABELS, "finished_reason"))
        for reason, number in self.finished.items():
            success.add_metric((*self._labels, reason), number)
        yield success
        for name, number in self.counters.items():
            counter = CounterMetricFamily(f"vllm:{name}", name, labels=LABELS)
            counter.add_metric(self._labels, number)
            yield counter
        for name, value in self._gauges().items():
            gauge = GaugeMetricFamily(f"vllm:{name}", name, labels=LABELS)
            gauge.add_metric(self._labels, value)
            yield gauge
        for name, buckets in self.histograms.items():
            histogram = HistogramMetricFamily(f"vllm:{name}_seconds", name, labels=LABELS)
            histogram.add_metric(self._labels, buckets.cumulative(), buckets.sum)
            yield histogram

    def _gauges(self) -> dict[str, float]:
        return {
            "num_requests_running": self.running,
            "num_requests_waiting": self.waiting,
            "kv_cache_usage_perc": min(1.0, self.running / self._slots),
        }
