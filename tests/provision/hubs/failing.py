"""Calls of a hub's client that fail."""

from __future__ import annotations

from collections.abc import Callable


def failing(error: Exception) -> Callable[..., None]:
    """Return a function that takes any arguments and raises `error`."""

    def call(*_: object, **__: object) -> None:
        raise error

    return call
