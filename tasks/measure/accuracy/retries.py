"""The pauses before a failed request is sent again."""

from __future__ import annotations

FIRST_PAUSE_S = 1.0
GROWTH = 4
LONGEST_PAUSE_S = 60.0


def pause_s(tries: int) -> float:
    """Return the seconds to wait after so many failed tries: 1, 4, 16, then 60."""
    return float(min(FIRST_PAUSE_S * GROWTH ** (tries - 1), LONGEST_PAUSE_S))
