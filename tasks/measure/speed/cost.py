"""What tokens cost on a server with a price; pure."""

from __future__ import annotations

from tasks.measure.results import PointResult

MILLION = 1_000_000
HOUR_S = 3600


def with_cost(result: PointResult, price_per_hour: float | None) -> PointResult:
    """The point with what a million of its tokens cost, in the price's currency; empty without a price."""
    update = {
        "cost_per_million_output_tokens": _cost(price_per_hour, result.output_token_throughput),
        "cost_per_million_tokens": _cost(price_per_hour, result.total_token_throughput),
    }
    return result.model_copy(update=update)


def _cost(price_per_hour: float | None, throughput: float) -> float | None:
    if price_per_hour is None or throughput <= 0:
        return None
    return price_per_hour / HOUR_S / throughput * MILLION
