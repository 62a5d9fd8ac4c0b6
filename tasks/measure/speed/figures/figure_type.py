"""A figure of a load point; one entry defines its column, report tables, tracker key and definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tasks.measure.speed.figures.notation import Notation
from tasks.measure.speed.figures.point_data import PointData

ReportTable = Literal[
    "sweep", "repeats", "comparison", "energy", "cost", "speculation", "lengths", "efficiency", "steady"
]
"""The report tables whose columns are figures."""


@dataclass(frozen=True)
class Figure:
    """One figure of a point.

    `name`: its column in the table `points`, its key at a tracker, and its name in an objective.
    `header`: its title in a report's table; the notation adds the unit.
    `definition`: Markdown for docs/metrics.md; figures with the same `documented_as` share one line there.
    `compute`: the value for a point, None where the point cannot carry it.
    `tracked`: whether trackers show it.
    `shown_in`: the report tables that show it, with its position among their columns.
    """

    name: str
    header: str
    notation: Notation
    definition: str
    compute: Callable[[PointData], float | None]
    better: Literal["higher", "lower"] | None = None
    shown_in: Mapping[ReportTable, int] = field(default_factory=dict)
    documented_as: str = ""
    tracked: bool = True

    @property
    def title(self) -> str:
        """Header and unit in one line."""
        return f"{self.header} ({self.notation.unit})"
