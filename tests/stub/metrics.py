"""The stub's /metrics, under vLLM's names: plain numbers, made into Prometheus text when asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from tests.stub.log import Row

LABELS = ("engine", "model_name")
BOUNDS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SLOTS_ASSUMED = 256


class Buckets:
    """A histogram that takes many equal values at once, which a library's does not."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Add a value in seconds, `times` times."""
        self.counts[bisect_left(BOUNDS, value)] += times
        self.sum += value * times

    def cumulative(self) -> list[tuple[str, float]]:
        """Pairs of upper bound and how many values lie at or below it."""
        total, pairs = 0, []
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            total += number
            pairs.append((bound, float(total)))
        return pairs


class Metrics(Collector):
    """Updated once a request, when it ends; only the gauges move while it runs."""

    def __init__(self, model: str, slots: int) -> None:
        self._labels = ("0", model)
        self._slots = slots or SLOTS_ASSUMED
        self.finished = {"stop": 0, "length": 0, "abort": 0}
        names = ("prompt_tokens", "generation_tokens", "prefix_cache_queries", "prefix_cache_hits")
        self.counters = dict.fromkeys((*names, "num_preemptions", "admission_rejections"), 0)
        self.running = 0
        self.waiting = 0
        names = ("time_to_first_token", "inter_token_latency", "e2e_request_latency", "request_queue_time")
        self.times = {name: Buckets() for name in names}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """The page."""
        return generate_latest(self._registry)

    def end(self, row: Row, reason: str, prompt_tokens: int, now: float) -> None:
        """Count a request that generated, for `reason` stop, length or abort."""
        self.finished[reason] += 1
        self.counters["prompt_tokens"] += prompt_tokens
        self.counters["prefix_cache_queries"] += prompt_tokens
        self.counters["prefix_cache_hits"] += prompt_tokens if row.fault == "cached" else 0
        self.counters["generation_tokens"] += row.tokens
        if row.first_sent is None or row.last_sent is None or row.started is None:
            return
        self.times["time_to_first_token"].observe(row.ttft)
        if row.tokens > 1 and row.last_sent > row.first_sent:
            self.times["inter_token_latency"].observe(row.itl, row.tokens - 1)
        self.times["e2e_request_latency"].observe(now - row.arrived)
        self.times["request_queue_time"].observe(row.started - row.arrived)

    def collect(self) -> Iterator[Metric]:
        """Called by the library for each page."""
        success = CounterMetricFamily("vllm:request_success", "requests", labels=(*LABELS, "finished_reason"))
        for reason, number in self.finished.items():
            success.add_metric((*self._labels, reason), number)
        yield success
        for name, number in self.counters.items():
            counter = CounterMetricFamily(f"vllm:{name}", name, labels=LABELS)
            counter.add_metric(self._labels, number)
            yield counter
        usage = min(1.0, self.running / self._slots)
        gauges = {"num_requests_running": self.running, "num_requests_waiting": self.waiting}
        for name, value in (gauges | {"kv_cache_usage_perc": usage}).items():
            gauge = GaugeMetricFamily(f"vllm:{name}", name, labels=LABELS)
            gauge.add_metric(self._labels, value)
            yield gauge
        for name, buckets in self.times.items():
            histogram = HistogramMetricFamily(f"vllm:{name}_seconds", name, labels=LABELS)
            histogram.add_metric(self._labels, buckets.cumulative(), buckets.sum)
            yield histogram
