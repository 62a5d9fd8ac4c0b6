"""The share of the prompt tokens that the server's prefix cache hit; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.measure.speed.request_row import RequestRow
from tasks.probe.engine_metrics.meaning import Meaning

if TYPE_CHECKING:
    from tasks.probe.metrics_history import MetricsHistory  # its HTTP client takes long to import


def cache_hit_share(history: MetricsHistory, succeeded: Sequence[RequestRow]) -> float | None:
    """Return the share by the server's counters, warm-up included, or else by its answers' `usage`.

    Args:
        history: the server's counters during the point.
        succeeded: the measured requests that succeeded.

    Returns:
        The share; None if the server reports hits in neither way, or looked no token up.
    """
    hits, lookups = history.increase(Meaning.CACHE_HITS), history.increase(Meaning.CACHE_QUERIES)
    if lookups is None:
        lookups = history.increase(Meaning.PROMPT_TOKENS)
    if hits is not None and lookups is not None:
        return hits / lookups if lookups else None
    cached = [row.cached_tokens for row in succeeded if row.cached_tokens is not None]
    prompts = [row.input_tokens for row in succeeded if row.input_tokens is not None]
    if not cached or len(cached) != len(succeeded) or len(prompts) != len(succeeded):
        return None
    return sum(cached) / sum(prompts) if sum(prompts) else None
