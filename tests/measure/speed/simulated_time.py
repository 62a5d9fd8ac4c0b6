"""An event loop whose time passes only while it sleeps, so that what happens when is exact."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable


class SimulatedTime(asyncio.SelectorEventLoop):
    """Sleeps in no time at all; `time` starts at 0 seconds. Nothing may be awaited but sleeps."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Sleeper(self.pass_by))

    def time(self) -> float:
        """Return the simulated time."""
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Let time pass in which the loop does nothing."""
        self._now += seconds


class _Sleeper(selectors.SelectSelector):
    """Waits in simulated time, where no file is ever ready."""

    def __init__(self, pass_by: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_by = pass_by

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass."""
        self._pass_by(timeout or 0.0)
        return []
