"""What a search for saturation needs, so that its levels differ in nothing but their load."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from tasks.config.refusal import refuse

if TYPE_CHECKING:
    from tasks.config.saturation import Saturation
    from tasks.config.sweep import Sweep

BLOCK = 20
"""Requests over which a mix holds its shares: few enough for a short load, and enough for a random order."""
ALIKE = 0.05
"""How much the share of requests that find their prefix in the cache may differ between two levels."""


def check_search_prefixes(sweep: Sweep) -> None:
    """Refuse prefixes that a level with few requests finds less often in the cache than one with many."""
    if sweep.search and sweep.prefixes and _differ(sweep.search, sweep.prefixes.count, 1.0):
        _need_warmup(sweep, sweep.prefixes.count, sweep.prefixes.count, "")


def check_mixed_prefixes(mixed: Sweep, part: Sweep, share: float) -> None:
    """Refuse such prefixes of a sweep in a mix as well, unless the mix's warm-up sends each of them.

    The warm-up holds the shares over BLOCK requests, within one request.
    """
    if mixed.search and part.prefixes and _differ(mixed.search, part.prefixes.count, share):
        needed = BLOCK * ceil((part.prefixes.count + 1) / (share * BLOCK))
        _need_warmup(mixed, part.prefixes.count, needed, f" of the sweep {part.name}")


def _need_warmup(sweep: Sweep, prefixes: int, needed: int, whose: str) -> None:
    if sweep.warmup_requests < needed:
        raise refuse(
            f"of {prefixes} prefixes{whose}, a level with few requests finds fewer in the cache than others",
            f"set `warmup_requests` of {sweep.name} to {needed} or more: "
            "a search's warm-up sends each prefix once",
        )


def _differ(search: Saturation, prefixes: int, share: float) -> bool:
    """Return whether levels differ in how often they find prefixes; `share`: the requests that have one."""
    few, many = (_found_share(search, level, prefixes, share) for level in (search.start, search.max))
    return many - few > ALIKE


def check_search_abandon(sweep: Sweep) -> None:
    """Refuse a search that has no complete answer to count."""
    if sweep.search and sweep.abandon and sweep.abandon.share == 1:
        raise refuse(
            "all requests are abandoned, so no level has a throughput", "give `abandon` a share below 1"
        )


def _found_share(search: Saturation, level: float, prefixes: int, share: float) -> float:
    """Return the mean share of a level's requests with a prefix for which an earlier one has sent it.

    The prefixes are drawn evenly. `share`: the share of a level's requests that have one.
    """
    requests = share * search.load_kind.search_requests(level, search.requests_per_slot, search.seconds)
    different: float = prefixes * (1 - (1 - 1 / prefixes) ** requests)
    return 1 - different / requests
