"""A doubtful figure is marked wherever a report shows it: the list of places, and a test for each."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from tasks.report.charts.chart import Chart
from tasks.report.charts.distribution_charts import distribution_charts
from tasks.report.charts.throughput_chart import throughput_charts
from tasks.report.charts.time_charts import time_charts
from tasks.report.charts.user_chart import user_charts
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.page.html import render_page
from tasks.report.page.markdown import markdown
from tasks.report.page.terminal import print_report
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, as_records
from tasks.report.tables.best_table import best_table
from tasks.report.tables.energy_cost_table import energy_cost_table
from tasks.report.tables.knee_table import knee_table
from tasks.report.tables.lengths_table import lengths_table
from tasks.report.tables.objectives_table import objectives_table
from tasks.report.tables.repeats_table import repeats_table
from tasks.report.tables.speculation_table import speculation_table
from tasks.report.tables.sweep_table import sweep_table
from tasks.report.tables.turns_table import history_table, turns_table
from tasks.report.tables.user_table import user_table
from tests.record import made_up
from tests.report.made_up import all_suspect, report, sweep_of, with_requests, with_turns

BANNER = "All 5 load points are suspect: their figures are doubtful."


def terminal(measured: ReportInput, width: int) -> str:
    """What a terminal of this width shows."""
    out = io.StringIO()
    print_report(measured, Console(file=out, width=width))
    return out.getvalue()


def records(table: Table | None) -> str:
    """A table as Prefect's table artifacts show it."""
    assert table is not None
    return json.dumps(as_records(table))


def drafting(measured: ReportInput) -> Table | None:
    """The table of speculative decoding, as if the first point's engine had drafted."""
    point = measured.points[0]
    result = point.result.with_figures({"acceptance_rate": 0.5, "accepted_length": 2.0})
    return speculation_table(sweep_of(point.model_copy(update={"result": result})))


def of_many_lengths(measured: ReportInput) -> Table | None:
    """The table of lengths, as if the first point's prompts had several."""
    point = measured.points[0]
    result = point.result.with_figures({"input_tokens_mean": 100.0, "input_tokens_max": 200.0})
    return lengths_table(sweep_of(point.model_copy(update={"result": result})))


def marked_charts(charts: Sequence[Chart]) -> str:
    """The badge of each chart, and the verdicts of its rows."""
    assert charts
    for each in charts:
        assert each.suspect == any(row["verdict"] == "suspect" for row in each.rows)
    return str([each.suspect and "suspect" for each in charts])


def with_users(measured: ReportInput) -> MeasuredSweep:
    """The first sweep with the output that one user and one GPU get."""
    figures = {"output_throughput_per_user": 50.0, "output_throughput_per_gpu": 200.0}
    points = [
        point.model_copy(update={"result": point.result.with_figures(figures)})
        for point in measured_sweeps(measured)[0].points
    ]
    return sweep_of(*points)


PLACES: dict[str, Callable[[ReportInput], str]] = {
    "the page": render_page,
    "the report as Markdown, an artifact of Prefect": markdown,
    "a terminal of 80 columns": lambda measured: terminal(measured, 80).replace(" ? ", " suspect "),
    "a terminal of 140 columns": lambda measured: terminal(measured, 140),
    "throughput over the load": lambda measured: marked_charts(
        throughput_charts(measured_sweeps(measured)[0])
    ),
    "times over the load": lambda measured: marked_charts(time_charts(measured_sweeps(measured)[0])),
    "throughput against one user": lambda measured: marked_charts(user_charts(with_users(measured))),
    "distributions": lambda measured: marked_charts(
        distribution_charts(measured_sweeps(with_requests(measured))[0])
    ),
    "bars of one load": lambda measured: marked_charts(time_charts(measured_sweeps(measured)[1])),
    "table of a sweep": lambda measured: records(sweep_table(measured_sweeps(measured)[0])),
    "table of repeats": lambda measured: records(repeats_table(measured_sweeps(measured)[1])),
    "table of objectives": lambda measured: records(objectives_table(measured_sweeps(measured)[0])),
    "table of energy and cost": lambda measured: records(energy_cost_table(measured_sweeps(measured)[0])),
    "table of speculative decoding": lambda measured: records(drafting(measured)),
    "table of one user and one GPU": lambda measured: records(user_table(with_users(measured))),
    "table of lengths": lambda measured: records(of_many_lengths(measured)),
    "table by turn": lambda measured: records(turns_table(with_turns(measured_sweeps(measured)[0]))),
    "table by history": lambda measured: records(history_table(with_turns(measured_sweeps(measured)[0]))),
    "table of knees": lambda measured: records(knee_table(measured)),
    "best configuration": lambda measured: records(best_table(measured)),
}
"""Each place of a report that shows figures of load points.

Others: page/test_tiles.py, comparison/, tests/track/, tests/record/test_export_of_doubts.py; for events,
gates, artifacts and the lines of a run tests/flows/.
"""


def all_valid() -> ReportInput:
    """The same run with every point valid."""
    measured = all_suspect()
    points = tuple(made_up.recorded(point.result) for point in measured.points)
    knees = tuple(knee.model_copy(update={"doubts": ()}) for knee in measured.knees)
    return report(points=points, knees=knees)


@pytest.mark.parametrize("place", PLACES)
def test_a_suspect_figure_is_marked(place: str) -> None:
    shows = PLACES[place]
    assert "suspect" in shows(all_suspect())
    # the style sheet of the page names the badge, and its script the hollow marker
    body = shows(all_valid()).split("</style>")[-1].split("<script")[0]
    assert "suspect" not in body.replace("No check found a figure suspect or invalid.", "")


def test_a_run_whose_points_are_all_suspect_says_so_before_any_figure() -> None:
    texts = (render_page(all_suspect()), markdown(all_suspect()), terminal(all_suspect(), 80))
    for whole in texts:
        text = whole.split("</nav>")[-1]
        assert text.count(BANNER) == 1
        first_table = min(
            text.index(start) for start in ("Sweep throughput", "Highest output") if start in text
        )
        assert text.index(BANNER) < first_table


def test_every_row_of_every_table_has_its_verdict() -> None:
    """Of ten rows only the suspect ones are marked."""
    mixed = (*all_valid().points[:2], *all_suspect().points[2:3])
    (sweep,) = measured_sweeps(report(points=mixed))
    for build in (sweep_table, objectives_table, energy_cost_table):
        table = build(sweep)
        assert table is not None
        column = [entry.name for entry in table.columns].index("Verdict")
        assert [row[column] for row in table.rows] == ["valid", "valid", "suspect"]
