"""The table of a sweep's objectives."""

from __future__ import annotations

from tasks.config.objective import Objective
from tasks.report import formats
from tasks.report.tables.objectives_table import objectives_table
from tests.record import made_up
from tests.report.made_up import sweep, sweep_of


def test_every_bounded_figure_is_beside_throughput_and_goodput() -> None:
    table = objectives_table(sweep("one-load"))
    assert table is not None
    assert table.title == "Sweep one-load objectives"
    names = [column.name for column in table.columns]
    assert names == ["Load", "RPS", "Goodput", "latency_p95_s", "Met"]
    assert table.columns[3].unit == "<= 4"
    assert table.rows == (("20", "6.67", "3.33", "4.500", "no"),)
    assert objectives_table(sweep("throughput")) is None


def test_a_point_with_too_few_requests_is_not_judged() -> None:
    small = made_up.recorded(made_up.bounded(made_up.point(requests=5), 4.0))
    table = objectives_table(sweep_of(small))
    assert table is not None
    assert table.rows[0][-2:] == ("–", "–")
    assert table.footnotes[-1] == "–: too few requests for this figure"


def test_a_time_that_responses_do_not_show_is_no_small_sample() -> None:
    point = made_up.point("one-load", 20, 100)
    one_chunk = {name: None for name in point.figures if name.startswith(("tpot", "itl"))}
    bounded = point.with_figures({**one_chunk, "goodput": 1.0}).model_copy(
        update={"objectives": (Objective(name="tpot_p95_s", bound=1.0),)}
    )
    table = objectives_table(sweep_of(made_up.recorded(bounded)))
    assert table is not None
    assert table.footnotes[1:] == (f"–: {formats.TIME_NOT_VISIBLE}",)


def success_cell(succeeded: int, failed: int, abandoned: int) -> str:
    """The cell of `success >= 0.99` of a point whose requests ended so."""
    counts = {"succeeded": succeeded, "failed": failed, "abandoned": abandoned}
    changes = {
        **counts,
        "requests": sum(counts.values()),
        "objectives": (Objective(name="success", bound=0.99),),
    }
    table = objectives_table(sweep_of(made_up.recorded(made_up.point().model_copy(update=changes))))
    assert table is not None
    return table.rows[0][-2]


def test_success_is_that_of_the_requests_that_succeeded_or_failed() -> None:
    assert success_cell(succeeded=50, failed=0, abandoned=50) == "1"
    assert success_cell(succeeded=99, failed=1, abandoned=100) == "0.99"
    assert success_cell(succeeded=99_999, failed=1, abandoned=0) == "0.9999"
    assert success_cell(succeeded=0, failed=0, abandoned=3) == "–"
