"""A run that another load generator measured, as its reader returns it."""

from __future__ import annotations

from datetime import datetime

from tasks.config.base import Frozen, added_field
from tasks.config.load import Load
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score


class ForeignPoint(Frozen):
    """One load. `figures`: by the names of figure_registry.py, in seconds, tokens and requests."""

    load: Load
    succeeded: int
    failed: int
    figures: dict[str, float | None]


class ForeignScores(Frozen):
    """The scores of one benchmark. `samples`: the answers behind them; none if the files lack them."""

    scores: tuple[Score, ...]
    samples: tuple[SampleRow, ...]


class ForeignRun(Frozen):
    """What one file holds, or the files of one folder.

    `tool`: the key of the tool in `definitions.TOOLS`. `version`: None if the file does not name it.
    `measured_at`: UTC; None if the file does not say. `notes`: why its figures are in doubt.
    """

    tool: str
    version: str | None
    model: str
    measured_at: datetime | None
    points: tuple[ForeignPoint, ...]
    notes: tuple[str, ...] = added_field(())
    accuracy: tuple[ForeignScores, ...] = added_field(())
