"""What a report is made from, and the plain tables it is made of."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.plan.search import Knee
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord


class Line(Frozen):
    """One figure of the telemetry over time: seconds since the run's start, and values."""

    panel: str
    name: str
    seconds: tuple[float, ...]
    values: tuple[float, ...]


class ReportInput(Frozen):
    """All that a report tells of one run. `results_path` is where the Parquet tables lie."""

    run: RunRecord
    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()
    accuracy: tuple[RecordedAccuracy, ...] = ()
    course: tuple[Line, ...] = ()
    results_path: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, though no figure is wrong for it."""
        return self.run.warnings


class Column(Frozen):
    """A column's name and, where its cells are numbers, their unit."""

    name: str
    unit: str = ""
    numeric: bool = False


class Table(Frozen):
    """A table of texts, ready to be shown anywhere."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...] = ()


def as_records(table: Table) -> list[dict[str, str]]:
    """The rows as Prefect's table artifacts want them: a dict a row, units in the names."""
    names = [f"{c.name} ({c.unit})" if c.unit else c.name for c in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
