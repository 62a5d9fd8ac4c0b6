"""The share of cached prompt tokens, by counters and by answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.measure.speed.figures.cache_hits import cache_hit_share
from tasks.probe.metrics_history import MetricsHistory
from tasks.probe.server_metrics import ServerMetrics
from tests.audit.made_up import row

HITS, QUERIES, PROMPTS = "prefix_cache_hits_total", "prefix_cache_queries_total", "prompt_tokens_total"
NOTHING = MetricsHistory(())


def counted(**counters: float) -> MetricsHistory:
    """Pages of a server whose counters grew by so much."""
    pages = []
    for factor in (0.0, 1.0):
        values = {f"vllm:{name}": value * factor for name, value in counters.items()}
        pages.append(ServerMetrics(time=datetime(2026, 1, 1, 0, 0, int(factor), tzinfo=UTC), counters=values))
    return MetricsHistory(tuple(pages))


def test_the_servers_counters_come_first() -> None:
    rows = [row(0, cached_tokens=64)]
    assert cache_hit_share(counted(**{HITS: 30, QUERIES: 120, PROMPTS: 200}), rows) == 0.25
    assert cache_hit_share(counted(**{HITS: 0, QUERIES: 0, PROMPTS: 200}), rows) is None


def test_answers_count_where_counters_are_missing() -> None:
    assert cache_hit_share(NOTHING, [row(0, cached_tokens=16), row(1)]) == pytest.approx(16 / 128)
    assert cache_hit_share(NOTHING, [row(0, cached_tokens=16), row(1, cached_tokens=None)]) is None
    assert cache_hit_share(NOTHING, [row(0, input_tokens=None)]) is None
    assert cache_hit_share(NOTHING, []) is None
