"""The table of the steady state: only where a sweep asks for one, and with its verdicts."""

from __future__ import annotations

from tasks.audit.verdict import Check, Verdict
from tasks.record.results import RecordedPoint
from tasks.report.tables.steady_table import steady_table
from tests.record import made_up
from tests.report.made_up import cells, sweep_of


def point(concurrency: int, limit: float | None, steady_s: float | None = 30.0) -> RecordedPoint:
    """A point with a steady state that is shorter than its limit."""
    figures = {"steady_s": steady_s, "steady_share": 0.8, "steady_request_throughput": 2.5}
    result = made_up.point(concurrency=concurrency).with_figures(figures)
    check = Check(check="steady_state", verdict="valid", sentence="", value=steady_s, limit=limit)
    return made_up.recorded(result, verdict=Verdict(verdict="suspect", reasons=("short",), checks=(check,)))


def test_each_point_says_how_long_and_how_much_counts() -> None:
    table = steady_table(sweep_of(point(1, 600), point(4, 600)))
    assert table is not None
    assert cells(table, "Window") == ["30.000", "30.000"]
    assert cells(table, "Counted") == ["0.8", "0.8"]
    assert cells(table, "RPS") == ["2.50", "2.50"]
    assert cells(table, "Verdict") == ["suspect", "suspect"]


def test_a_sweep_that_asks_for_none_has_no_table() -> None:
    assert steady_table(sweep_of(point(1, None))) is None
    assert steady_table(sweep_of(point(1, 600, steady_s=None))) is None
