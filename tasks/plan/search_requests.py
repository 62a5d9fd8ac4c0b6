"""Plans the loads and requests of a search for saturation, whose levels are compared; pure.

A level has few requests. Drawn independently of each other, those of one level would be longer than those of
the next, and throughput would change although the server does not. So all levels send the same requests, in
an order in which any few in a row are like all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, cycle, islice
from math import ceil, sqrt

from tasks.config.lengths import Distribution
from tasks.config.load import Load
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.objective import Objective, needed_success
from tasks.config.sweep import Sweep
from tasks.config.think_time import DrawnSeconds
from tasks.plan.planned_request import PlannedRequest, block_of_part, with_seen_tokens
from tasks.plan.point_requests import PREFIX, planned_requests

POOL = 1000
"""Requests that are drawn. A level that needs more sends them again, with other texts."""
DEVIATIONS = 3
"""Standard deviations by which the drawn number of abandoned requests may be above their share."""
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99)
"""If a search bounds a percentile, any few requests have the same share above each of these as all."""
MORE = 5
"""Requests that a level sends in addition, because few in a row hold the shares only nearly."""

Unit = list[PlannedRequest]
"""What is sent as a whole: one request, or the turns of a conversation."""


def searched_load(sweep: Sweep, level: float) -> Load:
    """Return the load of a level, with enough requests that are not abandoned for all objectives.

    Raises:
        ValueError: the sweep has no search.
    """
    if sweep.search is None:
        raise ValueError(f"{sweep.name} has no search")
    enough = (_requests_for(bound, sweep) for bound in sweep.objectives)
    return sweep.search.load_at(level, max(enough, default=1))


def warmup_waves(sweep: Sweep) -> int:
    """Return the waves of warm-up that each load of a sweep begins with.

    A search of closed loops has at least one if an objective bounds a time. The first wave sends all prompts
    at once: with few requests a slot, its TTFT would be the P95 of a level, and the knee far too low.
    Conversations have none, because a wave of warm-up turns is fewer conversations than users.
    """
    is_closed = sweep.search is not None and sweep.search.kind == "concurrency" and sweep.conversation is None
    bounds_a_time = any(bound.bounds_time for bound in sweep.objectives)
    return max(sweep.warmup_waves, int(is_closed and bounds_a_time))


def _requests_for(bound: Objective, sweep: Sweep) -> int:
    """Return how many requests a level needs so that enough answers of the bound's part are complete."""
    shares = [part.share for part in sweep.mix] if sweep.mix else [1.0]
    judged = [
        (share, kind.abandon.share if kind.abandon else 0.0)
        for share, kind in zip(shares, sweep.kinds, strict=True)
        if bound.part in (None, kind.name)
    ]
    part = sum(share for share, _ in judged) if bound.part else 1.0
    abandoned = sum(share * left for share, left in judged) / part
    drawn = part * POOL
    complete = 1 - abandoned - DEVIATIONS * sqrt(abandoned * (1 - abandoned) / drawn)
    needed = bound.requests / needed_success(sweep.objectives) / part / max(complete, 1 / drawn)
    return ceil(needed) + (MORE if abandoned or bound.part else 0)


def has_even_order(sweep: Sweep) -> bool:
    """Return whether a search orders the sweep's requests: where they differ in what they cost a server."""
    return sweep.search is not None and (bool(sweep.mix) or _is_drawn(sweep))


def _is_drawn(sweep: Sweep) -> bool:
    drawn: list[object] = [sweep.input_tokens, sweep.output_tokens]
    recorded = sweep.lengths
    if sweep.conversation is not None:
        chat = sweep.conversation
        drawn += [chat.turns, chat.think_time_s, chat.tool_result_tokens]
        recorded = recorded or chat.file
    differ = any(isinstance(value, Distribution | DrawnSeconds) for value in drawn)
    return bool(differ or recorded or sweep.abandon or sweep.prefixes)


def searched_requests(sweep: Sweep, load: LoadKind, requests: int, warmup: int) -> list[PlannedRequest]:
    """Return all requests of a level, as `planned_requests` does for a listed load.

    The warm-up sends each of several prefixes in turn, so that no level finds more of them in the server's
    cache than another.
    """
    if not has_even_order(sweep):
        return planned_requests(sweep, load, requests, warmup)
    warm = _with_each_prefix(planned_requests(sweep, load, 0, warmup), sweep)
    units = _in_even_order(_units(planned_requests(sweep, load, POOL, 0)), bounds_a_percentile(sweep))
    measured = islice(chain.from_iterable(_numbered(units)), requests)
    planned = (request._replace(number=number) for number, request in enumerate(chain(warm, measured)))
    return list(with_seen_tokens(planned))


def _with_each_prefix(warm: Iterable[PlannedRequest], sweep: Sweep) -> Iterator[PlannedRequest]:
    """Yield the warm-up with the prefixes of each kind of request in turn."""
    sent: dict[str | None, int] = {}
    for request in warm:
        prefixes, number = sweep.kind_of(request.part).prefixes, sent.get(request.part, 0)
        sent[request.part] = number + 1
        if prefixes is None:
            yield request
            continue
        name = block_of_part(request.part, f"{PREFIX} {number % prefixes.count}")
        yield request._replace(shared=((name, prefixes.tokens),))


def _units(pool: Sequence[PlannedRequest]) -> list[Unit]:
    """Return the requests by conversation; the last one, which the pool's end cuts off, is left out."""
    units: list[Unit] = []
    for request in pool:
        if request.turn is None or request.turn.turn == 1:
            units.append([])
        units[-1].append(request)
    return units[:-1] if len(units) > 1 and pool[-1].turn is not None else units


def _numbered(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units again and again; each conversation gets a number of its own."""
    for number, unit in zip(count(), cycle(units)):
        yield [
            request._replace(turn=request.turn._replace(conversation=number)) if request.turn else request
            for request in unit
        ]


def bounds_a_percentile(sweep: Sweep) -> bool:
    """Return whether an objective of the sweep is on a percentile of a time."""
    return any(bound.bounds_percentile for bound in sweep.objectives)


def _in_even_order(units: Sequence[Unit], spread: bool) -> list[Unit]:
    """Return the units in an order in which the means over any few in a row are near those of all.

    Each next one is the one that brings the sums so far nearest to those of as many mean units: herding
    (Welling, "Herding dynamical weights to learn", ICML 2009), without drawing one twice. By the means alone,
    units near the mean come first, so that a percentile of the first few is far from that of all.

    Args:
        units: what is sent as a whole.
        spread: whether any few in a row also have the right share above each of QUANTILES. Their percentiles
            are then near those of all, and their means a little less. So that large units do not come late,
            a quarter of their square counts instead of a half.
    """
    import numpy as np  # its import takes long

    parts = sorted({request.part or "" for unit in units for request in unit})
    costs = np.array([_costs(unit, parts) for unit in units], dtype=float)
    if spread:
        costs = np.hstack([costs, *(costs > limits for limits in np.quantile(costs, QUANTILES, axis=0))])
    costs -= costs.mean(axis=0)
    deviation = costs.std(axis=0)
    costs /= np.where(deviation > 0, deviation, 1.0)
    sizes, excess = (costs**2).sum(axis=1) * (0.25 if spread else 0.5), np.zeros(costs.shape[1])
    order: list[int] = []
    for _ in units:
        chosen = int(np.argmin(sizes + costs @ excess))
        order.append(chosen)
        excess += costs[chosen]
        sizes[chosen] = np.inf
    return [units[index] for index in order]


def _costs(unit: Unit, parts: Sequence[str]) -> tuple[float, ...]:
    """Return what a unit costs the server and its own slot, one number for each cause."""
    return (
        *(sum((request.part or "") == part for request in unit) for part in parts),
        sum(request.input_tokens or 0 for request in unit),
        sum(request.output_tokens or 0 for request in unit),
        sum(request.turn.think_s for request in unit if request.turn),
        sum(request.abandon_after_s is not None for request in unit),
    )
