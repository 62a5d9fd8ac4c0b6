"""Plans every request of a point: draws lengths and shared prefixes by the spec's seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from tasks.config.abandon import Abandon
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.trace import Trace
from tasks.config.sweep import Sweep
from tasks.plan.conversation_requests import in_conversations
from tasks.plan.mixed_sweep import MixedSweep, drawn_parts
from tasks.plan.planned_request import PlannedRequest, Shared, block_of_part, with_seen_tokens
from tasks.plan.trace_rows import read_trace
from tasks.plan.traffic_file import Lengths, read_lengths

PREFIX = "prefix"
"""The block of a prefix; one of several has its number after it."""
Drawn = tuple[int | None, int | None, Shared]
"""The lengths of prompt and answer, and what the prompt shares."""


def planned_requests(sweep: Sweep, load: LoadKind, requests: int, warmup: int) -> list[PlannedRequest]:
    """Return all requests of a point: first the warm-up, then the measured ones.

    What is drawn for the measured requests depends on the sweep alone. It is the same at every load, in every
    repeat and in every run, and for the first ones it does not depend on how many follow.

    Args:
        sweep: what to send.
        load: how to send it; a trace has lengths of its own.
        requests: number of measured requests.
        warmup: number of warm-up requests, which are drawn apart.

    Raises:
        InputError: the sweep's file of lengths or its trace cannot be read.
    """
    planned = _of_trace(load) if isinstance(load, Trace) else _of_sweep(sweep, requests, warmup)
    for kind in sweep.kinds:
        if kind.abandon:
            part = None if kind is sweep else kind.name
            planned = list(_with_abandoned(planned, kind.abandon, kind.traffic_seed, part))
    return list(with_seen_tokens(planned))


def _of_trace(trace: Trace) -> list[PlannedRequest]:
    """Return the rows of a trace, none of which is warm-up."""
    return [
        PlannedRequest(number, False, row.input_tokens, row.output_tokens, row.shared, due_s=row.due_s)
        for number, row in enumerate(read_trace(trace))
    ]


def _with_abandoned(
    planned: Sequence[PlannedRequest], abandon: Abandon, seed: int, part: str | None
) -> Iterator[PlannedRequest]:
    """Yield the requests, of which a drawn share of the measured ones of a part is to be abandoned."""
    generator = random.Random(f"{seed}:abandon")
    for request in planned:
        is_measured = not request.warmup and request.part == part
        abandoned = is_measured and generator.random() < abandon.share
        yield request._replace(abandon_after_s=abandon.after_s) if abandoned else request


def _of_sweep(sweep: Sweep, requests: int, warmup: int) -> list[PlannedRequest]:
    """Return requests whose lengths and prefixes are drawn."""
    planned = chain(
        islice(_requests(sweep, "warm-up"), warmup), islice(_requests(sweep, "measured"), requests)
    )
    return [request._replace(number=number, warmup=number < warmup) for number, request in enumerate(planned)]


def _requests(sweep: Sweep, stream: str) -> Iterator[PlannedRequest]:
    """Yield requests without end, none of which has its number yet."""
    if isinstance(sweep, MixedSweep):
        return _mixed(sweep, stream)
    table = read_lengths(Path(sweep.lengths)) if sweep.lengths else ()
    requests = (PlannedRequest(0, False, *values) for values in _drawn(sweep, table, stream))
    if sweep.conversation is None:
        return requests
    return in_conversations(requests, sweep.conversation, sweep.traffic_seed, stream)


def _mixed(sweep: MixedSweep, stream: str) -> Iterator[PlannedRequest]:
    """Yield the requests of a mix: the n-th of a part is the n-th that its sweep has alone."""
    of_parts = {part.name: _requests(part, stream) for part in sweep.parts}
    for part in drawn_parts(sweep, stream):
        request = next(of_parts[part.name])
        shared = tuple((block_of_part(part.name, block), size) for block, size in request.shared)
        yield request._replace(part=part.name, shared=shared)


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
