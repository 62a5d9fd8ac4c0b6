"""The union of all kinds of load, and the choice of the kind by the fields that a spec sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, get_args

from pydantic import Discriminator, Tag, TypeAdapter

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.load_kinds.rate_profile import Profile, RateProfile
from tasks.config.load_kinds.trace import Trace

TAG_PREFIX = "load:"
"""Prefix of the union tags that pydantic inserts into error paths. Tags are not fields of a spec."""
NO_SINGLE_KIND = "load_kind"
"""The pydantic error type if a load has fields of no kind or of several kinds. Its text is the remedy."""


_Kinds = (
    Annotated[ClosedLoop, Tag("load:concurrency")]
    | Annotated[OpenLoop, Tag("load:rate")]
    | Annotated[RateProfile, Tag("load:profile")]
    | Annotated[Trace, Tag("load:trace")]
)
"""Every kind of load, each with the tag TAG_PREFIX + kind. To add a kind, list it here."""

LOAD_KINDS: dict[str, type[LoadKind]] = {
    tag.tag.removeprefix(TAG_PREFIX): kind for kind, tag in map(get_args, get_args(_Kinds))
}


def _kind_of(settings: Any) -> str | None:
    """Return the tag of the kind whose field is set; None, an error, if fields of no or several kinds are."""
    if isinstance(settings, LoadKind):
        return TAG_PREFIX + settings.kind
    if not isinstance(settings, dict):
        return None
    if isinstance(settings.get("rate"), dict | Profile):
        return TAG_PREFIX + RateProfile.kind
    set_fields = {name for name, value in settings.items() if value is not None}
    named = [kind for kind in LOAD_KINDS.values() if set_fields.intersection(kind.spec_fields)]
    return TAG_PREFIX + named[0].kind if len(named) == 1 else None


Load = Annotated[
    _Kinds,
    Discriminator(
        _kind_of,
        custom_error_type=NO_SINGLE_KIND,
        custom_error_message="give `concurrency` (closed loop), `rate` (open loop), `burst` or `trace`, "
        "one of them",
    ),
]
"""One load of a sweep, of any kind in LOAD_KINDS."""


def common_kind(loads: Iterable[LoadKind]) -> str:
    """Return the kind that all loads share; `load` if their kinds differ."""
    kinds = {load.kind for load in loads}
    return kinds.pop() if len(kinds) == 1 else "load"


_READER: TypeAdapter[Load] = TypeAdapter(Load)


def read_load(settings: dict[str, Any]) -> Load:
    """Return the load that a spec's fields describe. Raise pydantic.ValidationError if they are invalid."""
    return _READER.validate_python(settings)
