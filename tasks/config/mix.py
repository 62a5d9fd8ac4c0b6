"""A mix: requests of several sweeps of a spec, sent together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, isclose
from typing import TYPE_CHECKING

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.load_kinds.trace import Trace
from tasks.config.refusal import refuse
from tasks.config.search_rules import check_mixed_prefixes

if TYPE_CHECKING:
    from tasks.config.sweep import Sweep

GIVEN_BY_PARTS = (
    "endpoint",
    "dataset",
    "conversation",
    "input_tokens",
    "output_tokens",
    "lengths",
    "max_tokens",
    "prefix_tokens",
    "prefixes",
    "cache_hit_share",
    "abandon",
    "temperature",
    "request",
)
"""Fields that a mix cannot set: they are those of the sweeps that it names."""


class MixPart(Frozen):
    """`{sweep: chat, share: 0.8}`: the requests of a sweep, and their share of the mix."""

    sweep: str = Field(description="name of a sweep of this spec")
    share: float = Field(gt=0, lt=1, description="its share of the requests; the shares of a mix sum to 1")


def check_mix(sweep: Sweep) -> None:
    """Refuse shares that do not sum to 1, a sweep that is named twice, and what the parts of a mix give."""
    if sweep.mix is None:
        return
    names = [part.sweep for part in sweep.mix]
    if len(names) < 2:
        raise refuse("a mix of one sweep is no mix", "name two sweeps or more")
    if len(set(names)) < len(names):
        raise refuse("the mix names a sweep twice", "give each sweep one share")
    total = fsum(part.share for part in sweep.mix)
    if not isclose(total, 1, abs_tol=1e-6):
        raise refuse(f"the shares of the mix sum to {total:g}", "give shares that sum to 1")
    plain = type(sweep).model_fields
    given = [
        name
        for name in GIVEN_BY_PARTS
        if getattr(sweep, name) != plain[name].get_default(call_default_factory=True)
    ]
    if given:
        raise refuse(f"a mix has no `{given[0]}` of its own", f"set `{given[0]}` in the sweeps that it names")
    if any(isinstance(load, Trace) for load in sweep.loads):
        raise refuse("a trace gives every request itself", "give the mix another load, or remove `mix`")


def check_mixes(sweeps: Sequence[Sweep]) -> None:
    """Refuse mixes of sweeps that cannot be mixed, and sweeps without load that no mix names."""
    by_name = {sweep.name: sweep for sweep in sweeps}
    named = set[str]()
    for mixed in sweeps:
        for part in mixed.mix or ():
            named.add(part.sweep)
            _check_part(mixed, part.sweep, by_name)
            check_mixed_prefixes(mixed, by_name[part.sweep], part.share)
    for sweep in sweeps:
        if sweep.load is None and sweep.name not in named:
            raise refuse(f"sweep {sweep.name} has no `load`", "give it one, or name the sweep in a `mix`")


def _check_part(mixed: Sweep, name: str, by_name: Mapping[str, Sweep]) -> None:
    part = by_name.get(name)
    what = f"the mix {mixed.name} cannot have the sweep {name}"
    if part is None:
        known = [sweep.name for sweep in by_name.values() if not sweep.mix]
        raise refuse(f"{what}: there is none", f"name two or more of {', '.join(known)}")
    if part.mix:
        raise refuse(f"{what}: it is a mix itself", "name the sweeps of that mix")
    if part.conversation is not None:
        raise refuse(f"{what}: users of conversations wait for their answers", "name another sweep")
    if any(isinstance(load, Trace) for load in part.loads):
        raise refuse(f"{what}: it has the times and lengths of a trace", "name another sweep")
    bounded = any(bound.bounds_time for bound in part.objectives)
    if mixed.search and bounded and part.abandon and part.abandon.share == 1:
        raise refuse(
            f"{what}: all of its requests are abandoned, so no level has the times that it bounds",
            "give its `abandon` a share below 1, or remove its `objectives`",
        )
