"""A mix with the sweeps that it names, and the draw of the sweep that each request belongs to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain

from tasks.config.objective import Objective
from tasks.config.search_rules import BLOCK
from tasks.config.sweep import Sweep


class MixedSweep(Sweep):
    """A sweep with a `mix`. `parts`: the sweeps that the mix names, in its order."""

    parts: tuple[Sweep, ...]

    @property
    def kinds(self) -> tuple[Sweep, ...]:
        """The sweeps that say what its requests are."""
        return self.parts

    def kind_of(self, part: str | None) -> Sweep:
        """Return the sweep that says what a request is, given the request's part of the mix."""
        return next(sweep for sweep in self.parts if sweep.name == part)

    @property
    def has_random_prompts(self) -> bool:
        """Whether the prompts of all parts are made of random tokens."""
        return all(part.has_random_prompts for part in self.parts)


def with_parts(sweep: Sweep, sweeps: Sequence[Sweep]) -> Sweep:
    """Return a sweep of a spec with the sweeps that its mix names and their objectives, if it has a mix."""
    if sweep.mix is None:
        return sweep
    by_name = {each.name: each for each in sweeps}
    parts = tuple(by_name[part.sweep] for part in sweep.mix)
    fields = {name: getattr(sweep, name) for name in Sweep.model_fields}
    fields["objectives"] = (*sweep.objectives, *chain.from_iterable(map(_objectives_of, parts)))
    return MixedSweep(**fields, parts=parts)


def _objectives_of(part: Sweep) -> Iterator[Objective]:
    """Yield the bounds on the times of a part. How many requests may fail is said by the mix alone."""
    for bound in part.objectives:
        if bound.bounds_time:
            yield bound.model_copy(update={"part": part.name})


def drawn_parts(sweep: MixedSweep, stream: str) -> Iterator[Sweep]:
    """Yield the part of each request, without end, in an order that is drawn by the mix's own seed.

    After every BLOCK requests, the number of each part is within one request of its share. Each `stream` is
    independent of the others.
    """
    generator = random.Random(f"{sweep.traffic_seed}:mix:{stream}")
    shares = [part.share for part in sweep.mix or ()]
    owed = [0.0] * len(shares)
    while True:
        owed = [requests + BLOCK * share for requests, share in zip(owed, shares, strict=True)]
        block: list[Sweep] = []
        for _ in range(BLOCK):
            index = owed.index(max(owed))
            owed[index] -= 1
            block.append(sweep.parts[index])
        generator.shuffle(block)
        yield from block
