"""A run that another load generator measured, as its reader returns it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import field_validator

from tasks.config.base import Frozen, added_field
from tasks.config.load import Load
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score

Figures = Mapping[str, float | None]
"""By the names of figure_registry.py, in seconds, tokens and requests."""
TIMES_IN_A_STREAM = ("ttft_", "tpot_", "itl_")


class ForeignPoint(Frozen):
    """One load. Figures that the tool did not measure are None, whatever its file says."""

    load: Load
    succeeded: int
    failed: int
    figures: dict[str, float | None]

    @field_validator("figures")
    @classmethod
    def _only_measured(cls, figures: Figures) -> dict[str, float | None]:
        """Drop 0 and -1, which tools write where they know nothing."""
        kept = {name: value for name, value in figures.items() if value is not None and value > 0}
        if _not_streamed(figures):
            kept = {name: value for name, value in kept.items() if not name.startswith(TIMES_IN_A_STREAM)}
        return {name: kept.get(name) for name in figures}


def _not_streamed(figures: Figures) -> bool:
    """Whether answers of several tokens came at once: some tools then give the latency as TTFT, 0 as TPOT."""
    tpot, tokens = figures.get("tpot_mean_s"), figures.get("output_tokens_mean")
    return tpot is not None and tpot <= 0 and tokens is not None and tokens > 1


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
