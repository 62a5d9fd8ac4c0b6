"""A clock that a test moves."""

from __future__ import annotations


class Clock:
    """Calling it gives the time in seconds; `sleep` moves it and notes how far."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.sleeps.append(seconds)
        self.now += seconds
