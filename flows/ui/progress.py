"""The progress of a run, as one artifact in Prefect's UI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from flows.ui.prefect_ui import create_progress_artifact, update_progress_artifact

UPDATE_INTERVAL_S = 2.0
"""Seconds between two updates: each is a request to Prefect's server during a measurement."""


class RunProgress:
    """Counts the entries of the plan that are measured. An error of Prefect's server never ends the run."""

    def __init__(self, entries: int) -> None:
        self._entries, self._measured = entries, 0
        self._published_at = 0.0
        self._artifact: UUID | None = None
        self._publish(0.0, "starts")

    def update(self, text: str, done: int, total: int) -> None:
        """Show that `done` of `total` requests of the current entry have ended."""
        if time.monotonic() - self._published_at >= UPDATE_INTERVAL_S:
            self._publish(self._measured + done / max(total, 1), f"{text}: {done} of {total}")

    def add_entry(self) -> None:
        """Increase the number of entries to measure by one."""
        self._entries += 1

    def finish_entry(self, text: str) -> None:
        """Increase the number of measured entries by one."""
        self._measured = min(self._measured + 1, self._entries)
        self._publish(self._measured, f"{text} measured")

    def _publish(self, entries: float, text: str) -> None:
        percent = min(100.0, 100.0 * entries / max(self._entries, 1))
        text = f"{text} ({self._measured} of {self._entries} entries measured)"
        self._published_at = time.monotonic()
        try:
            if self._artifact is None:
                self._artifact = create_progress_artifact(progress=percent, key="progress", description=text)
            else:
                update_progress_artifact(self._artifact, progress=percent, description=text)
        except Exception:
            return


_current: ContextVar[RunProgress | None] = ContextVar("progress", default=None)


@contextmanager
def show_progress(entries: int) -> Iterator[None]:
    """Publish the progress of `entries` measurements inside the block. Publish nothing if `entries` is 0."""
    token = _current.set(RunProgress(entries) if entries else None)
    try:
        yield
    finally:
        _current.reset(token)


def current_progress() -> RunProgress | None:
    """Return the progress that is published now, or None."""
    return _current.get()
