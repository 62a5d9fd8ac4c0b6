"""A mix with the sweeps that it names, and the draw of the sweep that each request belongs to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

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
    """Return a sweep of a spec with the sweeps that its mix names, if it has a mix."""
    if sweep.mix is None:
        return sweep
    by_name = {each.name: each for each in sweeps}
    fields = {name: getattr(sweep, name) for name in Sweep.model_fields}
    return MixedSweep(**fields, parts=tuple(by_name[part.sweep] for part in sweep.mix))


def drawn_parts(sweep: MixedSweep, stream: str) -> Iterator[Sweep]:
    """Yield the part of each request, without end: drawn by the shares and the mix's own seed.

    Each `stream` is independent of the others.
    """
    generator = random.Random(f"{sweep.traffic_seed}:mix:{stream}")
    shares = [part.share for part in sweep.mix or ()]
    while True:
        yield from generator.choices(sweep.parts, shares)
