"""What a search for saturation needs, so that its levels differ in nothing but their load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.config.refusal import refuse

if TYPE_CHECKING:
    from tasks.config.saturation import Saturation
    from tasks.config.sweep import Sweep

ALIKE = 0.05
"""How much the share of requests that find their prefix in the cache may differ between two levels."""


def check_search_prefixes(sweep: Sweep) -> None:
    """Refuse prefixes that a level with few requests finds less often in the cache than one with many."""
    search, prefixes = sweep.search, sweep.prefixes
    if search is None or prefixes is None or sweep.warmup_requests >= prefixes.count:
        return
    few, many = (_found_share(search, level, prefixes.count) for level in (search.start, search.max))
    if many - few > ALIKE:
        raise refuse(
            f"of {prefixes.count} prefixes, a level with few requests finds fewer in the cache than others",
            f"set `warmup_requests` to {prefixes.count} or more: a search's warm-up sends each prefix once",
        )


def check_search_abandon(sweep: Sweep) -> None:
    """Refuse a search that has no complete answer to count."""
    if sweep.search and sweep.abandon and sweep.abandon.share == 1:
        raise refuse(
            "all requests are abandoned, so no level has a throughput", "give `abandon` a share below 1"
        )


def _found_share(search: Saturation, level: float, prefixes: int) -> float:
    """Return the mean share of a level's requests whose prefix, drawn evenly, an earlier one has sent."""
    requests = search.load_kind.search_requests(level, search.requests_per_slot, search.seconds)
    different = prefixes * (1 - (1 - 1 / prefixes) ** requests)
    return 1 - different / requests
