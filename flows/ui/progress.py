"""How far a run is, as one progress artifact in Prefect's UI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

PAUSE_S = 2.0
"""Between two updates: each is a request to Prefect's server, from the process beside the measuring ones."""


class RunProgress:
    """Entries measured, of those to measure. Whatever Prefect answers, the run goes on."""

    def __init__(self, entries: int) -> None:
        self._entries, self._ended = entries, 0
        self._told_at = 0.0
        self._artifact: UUID | None = None
        self._tell(0.0, "starts")

    def moved(self, text: str, done: int, total: int) -> None:
        """`done` of `total` requests of the entry that is being measured."""
        if time.monotonic() - self._told_at >= PAUSE_S:
            self._tell(self._ended + done / max(total, 1), f"{text}: {done} of {total}")

    def more(self) -> None:
        """One entry more than was known."""
        self._entries += 1

    def ended(self, text: str) -> None:
        """One entry more is measured."""
        self._ended = min(self._ended + 1, self._entries)
        self._tell(self._ended, f"{text} measured")

    def _tell(self, entries: float, text: str) -> None:
        percent = min(100.0, 100.0 * entries / max(self._entries, 1))
        text = f"{text} ({self._ended} of {self._entries} entries measured)"
        self._told_at = time.monotonic()
        try:
            if self._artifact is None:
                made = create_progress_artifact(progress=percent, key="progress", description=text)
                self._artifact = made if isinstance(made, UUID) else None
            else:
                update_progress_artifact(self._artifact, progress=percent, description=text)
        except Exception:
            return


_current: ContextVar[RunProgress | None] = ContextVar("progress", default=None)


@contextmanager
def progress(entries: int) -> Iterator[None]:
    """Tell the progress of `entries` points and question sets; nothing where there is nothing to measure."""
    token = _current.set(RunProgress(entries) if entries else None)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> RunProgress | None:
    """The progress of the run that goes on, if it has one."""
    return _current.get()
