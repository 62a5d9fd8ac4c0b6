"""The table of the best configuration."""

from __future__ import annotations

from tasks.record.results import RecordedPoint
from tasks.report.page.chinese import in_chinese
from tasks.report.tables.best_table import best_table
from tests.record import made_up
from tests.record.made_up import spread
from tests.report.made_up import all_suspect, cells, points, report


def test_the_best_configuration_leaves_out_invalid_points_and_sweeps_of_one_load() -> None:
    fast = made_up.point(concurrency=50, requests=100).with_figures({"request_throughput": 1e6})
    invalid = made_up.recorded(fast, verdict=points()[-1].verdict)
    table = best_table(report(points=(*points(), invalid)))
    assert table is not None
    assert table.rows == (
        ("throughput", "highest RPS", "10", "5.00 req/s"),
        ("throughput", "lowest mean latency", "1", "1.100 s"),
        ("twice", "highest RPS", "8", "4.44 req/s"),
        ("twice", "lowest mean latency", "4", "1.400 s"),
    )
    assert table.footnotes == ("throughput, highest RPS: better but suspect, so not chosen: load 100",)
    assert best_table(report(points=())) is None


def test_without_a_valid_load_the_best_suspect_one_is_marked() -> None:
    table = best_table(all_suspect())
    assert table is not None
    assert cells(table, "Verdict") == ["suspect", "suspect"]
    assert table.footnotes == ("throughput: no load is valid; this is the best of the suspect ones",)


def repeat(load: int, number: int, rate: float) -> RecordedPoint:
    """A repeat with this request throughput, and the latency of one request at a time."""
    point = made_up.point("s", load, repeat=number)
    return made_up.recorded(point.with_figures({"request_throughput": rate} | spread("latency", 1 / rate)))


def test_one_lucky_repeat_is_not_the_best() -> None:
    repeats = (repeat(4, 1, 9.0), repeat(4, 2, 1.0), repeat(8, 1, 6.0), repeat(8, 2, 6.0))
    table = best_table(report(points=repeats))
    assert table is not None
    assert [row[2:] for row in table.rows] == [("8", "6.00 req/s"), ("8", "0.167 s")]
    assert best_table(report(points=repeats[:2])) is None  # one load, twice


def bounded(load: int, bound_s: float) -> RecordedPoint:
    """A point whose latency P95 has a bound; it is about 1.5 s at the lowest load."""
    return made_up.recorded(made_up.bounded(made_up.point("s", load), bound_s))


def test_a_load_that_breaks_its_objectives_is_not_the_best_and_is_named() -> None:
    table = best_table(report(points=(bounded(4, 2.5), bounded(16, 2.5))))
    assert table is not None
    assert cells(table, "Load") == ["4", "4"]
    assert table.footnotes == (
        "s, highest RPS: better but not shown to meet the objectives, so not chosen: load 16",
    )


def test_where_no_load_meets_the_objectives_a_note_says_so() -> None:
    table = best_table(report(points=(bounded(4, 0.1), bounded(16, 0.1))))
    assert table is not None
    assert cells(table, "Load") == ["16", "4"]
    assert table.footnotes == (
        "s: no valid load is shown to meet the objectives; this is the best of the valid ones",
    )
    assert None not in map(in_chinese, table.footnotes)
