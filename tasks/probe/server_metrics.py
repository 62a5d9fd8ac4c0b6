"""Reads the server's metrics from its Prometheus page /metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import isfinite
from statistics import fmean

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tasks.config.base import Frozen
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import Combination, EngineMetrics
from tasks.probe.engine_metrics.metrics_registry import ALIASES, METRICS, table_of
from tasks.probe.http_client import client_for
from tasks.serve.endpoint import Endpoint

NAMES = frozenset(METRICS)
"""The metrics that are recorded, under the engine's newest names for them."""
COUNTERS = frozenset(name for name, metric in METRICS.items() if metric.kind == "counter")
START_TIME = "process_start_time_seconds"
"""Seconds since 1970. Every process with a Prometheus client library exports it."""
FIRST_WORD = re.compile(r"[\w:]+")
READ_NAMES = NAMES | ALIASES.keys() | {START_TIME}


class ServerMetrics(Frozen):
    """The metrics at one moment.

    Attributes:
        time: when the request was sent, UTC.
        counters: the value of each metric, by the engine's name and in the engine's unit; the samples of all
            labels are combined. Counters grow from the server's start.
    """

    time: datetime
    counters: dict[str, float]

    @property
    def table(self) -> EngineMetrics | None:
        """The metrics table of the engine that wrote the page; None if the engine is unknown."""
        return table_of(self.counters)

    def value(self, meaning: Meaning) -> float | None:
        """Return the value of `meaning`, times in seconds and ratios as shares; None if it is missing."""
        values = []
        for name, value in self.counters.items():
            metric = METRICS.get(name)
            if metric and metric.meaning is meaning:
                values.append(value * metric.factor)
        return sum(values) if values else None


class MetricsReader:
    """Reads the metrics of one server, repeatedly."""

    def __init__(self, endpoint: Endpoint, client: httpx.Client) -> None:
        self._client, self._url = client, httpx.URL(endpoint.metrics_url)

    def read(self) -> ServerMetrics | None:
        """Return the metrics; None where the server has no /metrics, none of NAMES, or cannot be reached."""
        time = datetime.now(UTC)  # before the request: a late response may carry old values
        counters = parse_metrics(self.page())
        return ServerMetrics(time=time, counters=counters) if counters.keys() & NAMES else None

    def page(self) -> str:
        """Return the text of the page; empty if the server has none or cannot be reached."""
        response = self._get()
        if response is not None and _is_json(response):
            # trtllm-serve: each request empties this list of statistics; use the Prometheus page from now on.
            self._url = self._url.copy_with(
                path=f"{self._url.path.removesuffix('/metrics')}/prometheus/metrics"
            )
            response = self._get()
        return response.text if response is not None and response.status_code == 200 else ""

    def _get(self) -> httpx.Response | None:
        try:
            return self._client.get(self._url)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None


def _is_json(response: httpx.Response) -> bool:
    return response.status_code == 200 and "json" in response.headers.get("Content-Type", "")


def read_metrics(endpoint: Endpoint, *, client: httpx.Client | None = None) -> ServerMetrics | None:
    """Return the metrics; None where the server has no /metrics, none of NAMES, or cannot be reached."""
    if client is None:
        with client_for(endpoint) as own_client:
            return MetricsReader(endpoint, own_client).read()
    return MetricsReader(endpoint, client).read()


def parse_metrics(page: str) -> dict[str, float]:
    """Return the values by newest name, and the start time; empty for an invalid page.

    For a page with metrics of several engines, return only the start time.
    """
    try:
        samples = _samples_by_name(page)
    except ValueError:
        return {}
    table = table_of(samples)
    values = {}
    for name, its_samples in samples.items():
        if name == START_TIME:
            values[name] = sum(sample.value for sample in its_samples)
        elif table:
            values[name] = _combined(METRICS[name].combine, _without_copies(its_samples, table.copied_by))
    return values


def _samples_by_name(page: str) -> dict[str, list[Sample]]:
    """Return the finite samples by newest name; samples of an older name count only without newer ones."""
    by_name: dict[str, list[Sample]] = {}
    older: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(_lines_of(page)):
        for sample in family.samples:
            if not isfinite(sample.value):
                continue
            if sample.name in ALIASES:
                older.setdefault(ALIASES[sample.name], []).append(sample)
            else:
                by_name.setdefault(sample.name, []).append(sample)
    return older | by_name


def _without_copies(samples: Iterable[Sample], copied_by: frozenset[str]) -> list[float]:
    """Return the highest value for each set of labels, ignoring the labels in `copied_by`."""
    highest: dict[frozenset[tuple[str, str]], float] = {}
    for sample in samples:
        labels = frozenset((label, value) for label, value in sample.labels.items() if label not in copied_by)
        highest[labels] = max(sample.value, highest.get(labels, sample.value))
    return list(highest.values())


def _combined(combination: Combination, values: Sequence[float]) -> float:
    """Return one value for all labels. A mean omits zeros, which come from idle processes."""
    if combination == "sum":
        return sum(values)
    if combination == "highest":
        return max(values)
    return fmean([value for value in values if value] or [0.0])


def _lines_of(page: str) -> str:
    """Return the samples that are read: parsing thousands of bucket lines each second is slow."""
    lines = []
    for line in page.splitlines():
        word = FIRST_WORD.match(line)
        if word and word.group() in READ_NAMES:
            lines.append(line)
    return "\n".join(lines) + "\n"
