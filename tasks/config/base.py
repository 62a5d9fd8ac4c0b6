"""The base class of every pydantic model that stages pass to each other."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Immutable; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def added_field(default: Any = None, **settings: Any) -> Any:
    """Return a field that dumps leave out while it has its default.

    Specs that do not use a field keep the digest and the cache keys that they had before the field was added.
    """
    return Field(default, exclude_if=lambda value: value == default, **settings)
