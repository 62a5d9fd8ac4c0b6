"""The input of a report: all data of one run that it shows."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.config.base import Frozen
from tasks.plan.search import Knee
from tasks.record.results import DisputedAnswer, QuestionShare, RecordedAccuracy, RecordedPoint, RunRecord
from tasks.report.part_figures import PartFigures
from tasks.report.request_charts_input import Distribution, RequestSample
from tasks.report.turn_figures import TurnFigures

SAMPLES_PAGE = "samples.html"
"""The name of the page of the answers, which lies beside the report page."""


class TimelineCurve(Frozen):
    """One telemetry metric over the time of a run.

    `panel`: title of the chart's panel that shows it. `name`: the curve's label in the panel.
    `seconds`: since the start of the run.
    """

    panel: str
    name: str
    seconds: tuple[float, ...]
    values: tuple[float, ...]


class ReportInput(Frozen):
    """One run with its figures. `results_path`: the folder or bucket that holds the Parquet tables.

    `shares`: how often each question was answered rightly; read only where a question set has a load.
    `turns`: the figures of conversations by turn. `parts`: those of mixes by part. `samples`: how many
    answers the question sets have.
    `requests` and `distributions`: what charts show of single requests; read only for a page.
    """

    run: RunRecord
    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()
    accuracy: tuple[RecordedAccuracy, ...] = ()
    disputed: tuple[DisputedAnswer, ...] = ()
    shares: tuple[QuestionShare, ...] = ()
    timeline: tuple[TimelineCurve, ...] = ()
    turns: tuple[TurnFigures, ...] = ()
    parts: tuple[PartFigures, ...] = ()
    samples: int = 0
    requests: RequestSample | None = None
    distributions: tuple[Distribution, ...] = ()
    results_path: str

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict of every load point."""
        return tuple(point.verdict for point in self.points)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The run's warnings; none of them makes a figure wrong."""
        return self.run.warnings
