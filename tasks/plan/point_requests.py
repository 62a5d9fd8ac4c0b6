"""Plans every request of a point: draws lengths and shared prefixes by the spec's seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from tasks.config.sweep import Sweep
from tasks.plan.planned_request import PlannedRequest, Shared, with_seen_tokens
from tasks.plan.traffic_file import Lengths, read_lengths

PREFIX = "prefix"
"""The block of a prefix; one of several has its number after it."""
Drawn = tuple[int | None, int | None, Shared]
"""The lengths of prompt and answer, and what the prompt shares."""


def planned_requests(sweep: Sweep, requests: int, warmup: int) -> list[PlannedRequest]:
    """Return all requests of a point: first the warm-up, then the measured ones.

    What is drawn for the measured requests depends on the sweep alone. It is the same at every load, in every
    repeat and in every run, and for the first ones it does not depend on how many follow.

    Args:
        sweep: what to send.
        requests: number of measured requests.
        warmup: number of warm-up requests, which are drawn apart.

    Raises:
        InputError: the sweep's file of lengths cannot be read.
    """
    table = read_lengths(Path(sweep.lengths)) if sweep.lengths else ()
    drawn = chain(
        islice(_drawn(sweep, table, "warm-up"), warmup),
        islice(_drawn(sweep, table, "measured"), requests),
    )
    planned = [PlannedRequest(index, index < warmup, *values) for index, values in enumerate(drawn)]
    return list(with_seen_tokens(planned)) if sweep.dataset == "random" else planned


def _drawn(sweep: Sweep, table: Sequence[Lengths], stream: str) -> Iterator[Drawn]:
    """Yield what is drawn for each request, without end. Each `stream` is independent of the others."""
    lengths = _lengths(sweep, table, random.Random(f"{sweep.traffic_seed}:lengths:{stream}"))
    prefixes = random.Random(f"{sweep.traffic_seed}:prefixes:{stream}")
    for input_tokens, output_tokens in lengths:
        if input_tokens is None:
            yield None, output_tokens, ()
            continue
        shared = _shared(sweep, input_tokens, prefixes)
        before = 0 if sweep.cache_hit_share else sum(size for _, size in shared)
        yield input_tokens + before, output_tokens, shared


def _lengths(
    sweep: Sweep, table: Sequence[Lengths], generator: random.Random
) -> Iterator[tuple[int | None, int | None]]:
    """Yield pairs of lengths without end, the prompt's without a prefix."""
    if table:
        yield from _shuffled(table, generator)
    while True:
        shares = generator.random(), generator.random()
        yield sweep.input_length_at(shares[0]), sweep.output_length_at(shares[1])


def _shuffled(table: Sequence[Lengths], generator: random.Random) -> Iterator[Lengths]:
    """Yield the rows of a table in random order, then again in another one, without end."""
    while True:
        yield from generator.sample(table, len(table))


def _shared(sweep: Sweep, input_tokens: int, generator: random.Random) -> Shared:
    """Return what a prompt begins with: the prefix, one of several prefixes, or a share of its length."""
    if sweep.prefixes:
        return ((f"{PREFIX} {generator.randrange(sweep.prefixes.count)}", sweep.prefixes.tokens),)
    shared = round(sweep.cache_hit_share * input_tokens) if sweep.cache_hit_share else sweep.prefix_tokens
    return ((PREFIX, shared),) if shared else ()
