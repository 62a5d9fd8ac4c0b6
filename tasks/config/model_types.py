"""Finds the pydantic models in a field's type."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel


def models_in_type(annotation: Any) -> list[type[BaseModel]]:
    """Return the models in a type, for example A and B in `tuple[A, ...] | B | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    models: list[type[BaseModel]] = []
    for inner in get_args(annotation):
        models += models_in_type(inner)
    return models
