"""The base of every model that crosses a stage: frozen, and closed to unknown fields."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Immutable, refuses unknown fields, and does not guess types (`"5"` is no number)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, protected_namespaces=())
