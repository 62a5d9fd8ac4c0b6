"""The warnings of one run."""

from __future__ import annotations

from flows.ui import console


class RunWarnings:
    """Warnings in the order in which they came: each is shown at once, and recorded with the run."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    @property
    def texts(self) -> tuple[str, ...]:
        """All warnings so far."""
        return tuple(self._texts)

    def add(self, stage: str, text: str) -> None:
        """Show a warning as a yellow line of a stage, and keep it. A repeated one does nothing."""
        if text in self._texts:
            return
        self._texts.append(text)
        console.stage(stage, text, "yellow")
