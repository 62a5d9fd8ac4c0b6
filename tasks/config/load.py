"""Every kind of load, and how a spec's entry chooses one."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Discriminator, Tag, TypeAdapter

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.open_loop import OpenLoop

TAG_PREFIX = "load:"
"""Begins the parts of an error's path that pydantic adds for a load's kind; no spec holds them."""
NO_SINGLE_KIND = "load_kind"
"""The pydantic error type where a load has no field of any kind, or of several; its text is the remedy."""


_Kinds = Annotated[ClosedLoop, Tag("load:concurrency")] | Annotated[OpenLoop, Tag("load:rate")]
"""The registry: a new kind is a row here, its tag TAG_PREFIX and its name."""

LOAD_KINDS: dict[str, type[LoadKind]] = {
    tag.tag.removeprefix(TAG_PREFIX): kind for kind, tag in map(get_args, get_args(_Kinds))
}


def _kind_of(given: Any) -> str | None:
    """The tag of the one kind whose field is set; None, an error, where none or several are."""
    if isinstance(given, LoadKind):
        return TAG_PREFIX + given.kind
    if not isinstance(given, dict):
        return None
    set_fields = {name for name, value in given.items() if value is not None}
    named = [kind for kind in LOAD_KINDS.values() if set_fields.intersection(kind.spec_fields)]
    return TAG_PREFIX + named[0].kind if len(named) == 1 else None


Load = Annotated[
    _Kinds,
    Discriminator(
        _kind_of,
        custom_error_type=NO_SINGLE_KIND,
        custom_error_message="give `concurrency` (closed loop), `rate` (open loop) or `burst`, one of them",
    ),
]
"""One load of a sweep, of any kind in LOAD_KINDS."""

_READER: TypeAdapter[Load] = TypeAdapter(Load)


def read_load(settings: dict[str, Any]) -> Load:
    """A load from the fields that a spec holds. Raises pydantic.ValidationError."""
    return _READER.validate_python(settings)
