"""What tokens cost on a server with a price; pure."""

from __future__ import annotations

MILLION = 1_000_000
HOUR_S = 3600


def cost_per_million(price_per_hour: float | None, tokens_per_second: float | None) -> float | None:
    """Return the cost of a million tokens in the price's currency; None without a price or tokens."""
    if price_per_hour is None or not tokens_per_second:
        return None
    return price_per_hour / HOUR_S / tokens_per_second * MILLION
