"""The points of a report, sweep by sweep."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.measure.speed.figures.point_result import PointResult
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint
from tasks.report.part_figures import PartFigures
from tasks.report.report_input import ReportInput
from tasks.report.request_charts_input import Distribution
from tasks.report.turn_figures import TurnFigures


class MeasuredSweep(Frozen):
    """One sweep of a run: its points by rising load, then by repeat.

    `run_id`: the run of the report. `imported_from`: the load generator of an imported run. `knee`: the
    answer of the sweep's search for saturation; None if it did not search. `distributions`: of its requests'
    times, by load. `turns`: its figures by turn, if it sent conversations. `parts`: by part, if it is a mix.
    """

    name: str
    points: tuple[RecordedPoint, ...]
    run_id: str
    imported_from: str | None = None
    knee: Knee | None = None
    distributions: tuple[Distribution, ...] = ()
    turns: tuple[TurnFigures, ...] = ()
    parts: tuple[PartFigures, ...] = ()

    @property
    def results(self) -> list[PointResult]:
        """The figures of every point."""
        return [point.result for point in self.points]

    @property
    def verdicts(self) -> list[str]:
        """The verdict of every point."""
        return [point.verdict.verdict for point in self.points]

    @property
    def has_repeats(self) -> bool:
        """Whether any load was measured more than once."""
        return any(point.result.repeat > 1 for point in self.points)


def measured_sweeps(report: ReportInput) -> tuple[MeasuredSweep, ...]:
    """Group the points of a report by sweep, in the order of each sweep's first point."""
    points_by_sweep: dict[str, list[RecordedPoint]] = {}
    for point in report.points:
        points_by_sweep.setdefault(point.result.sweep, []).append(point)
    knees = {knee.sweep: knee for knee in report.knees}
    return tuple(
        MeasuredSweep(
            name=name,
            points=tuple(sorted(points, key=_rising_load)),
            run_id=report.run.run_id,
            imported_from=report.run.manifest.source,
            knee=knees.get(name),
            distributions=tuple(each for each in report.distributions if each.sweep == name),
            turns=tuple(each for each in report.turns if each.sweep == name),
            parts=tuple(each for each in report.parts if each.sweep == name),
        )
        for name, points in points_by_sweep.items()
    )


def _rising_load(point: RecordedPoint) -> tuple[object, ...]:
    return (point.result.load.sort_key, point.result.repeat)
