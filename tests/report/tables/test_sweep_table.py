"""The main table of a sweep: which figure is in which cell."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.report import formats
from tasks.report.tables.sweep_table import load_column, sweep_table
from tests.record import made_up
from tests.report.made_up import cells, sweep, sweep_of


def test_points_are_in_rising_load_with_figures_in_the_units_of_their_columns() -> None:
    table = sweep_table(sweep("throughput"))
    assert cells(table, "Conc.") == ["1", "10", "100"]
    assert cells(table, "RPS") == ["0.909", "5.00", "8.95"]
    assert cells(table, "Latency mean") == ["1.100", "2.000", "11.000"]
    assert cells(table, "TTFT mean") == ["55.0", "100.0", "550.0"]
    assert cells(table, "TPOT P99") == ["–", "40.0", "220.0"]
    names = [column.name for column in table.columns]
    assert names[:5] == ["Conc.", "Output", "TTFT mean", "TPOT mean", "Verdict"]
    assert cells(table, "Success") == ["100", "100", "98.5"]
    units = {column.name: column.unit for column in table.columns}
    assert (units["Latency mean"], units["TTFT mean"], units["Output"]) == ("s", "ms", "tok/s")


def test_an_empty_percentile_and_every_reason_have_a_footnote() -> None:
    assert sweep_table(sweep("throughput")).footnotes == ("–: too few requests for this percentile",)
    assert sweep_table(sweep("throughput")).reasons == (
        "100: suspect: two waves, made up",
        "100: note: first error: HTTP 500 made up",
    )
    assert sweep_table(sweep("one-load")).footnotes == sweep_table(sweep("one-load")).reasons == ()


def test_a_note_is_called_a_note_and_said_once_for_all_its_loads() -> None:
    noted = Verdict(verdict="valid", notes=("two waves",))
    points = [made_up.recorded(made_up.point(concurrency=load), verdict=noted) for load in (1, 4)]
    assert sweep_table(sweep_of(*points)).reasons == ("1, 4: note: two waves",)


def test_a_figure_that_no_point_has_has_no_column() -> None:
    few = sweep_table(sweep_of(made_up.recorded(made_up.point(requests=10))))
    assert not [column.name for column in few.columns if column.name.endswith("P99")]
    assert few.footnotes == (
        "left out because empty: Latency P99, TTFT P99, TPOT P99 (too few requests for this percentile)",
    )


def test_a_time_that_responses_do_not_show_is_no_small_sample() -> None:
    point = made_up.point("one-load", 20, 100)
    one_chunk = {name: None for name in point.figures if name.startswith(("tpot", "itl"))}
    table = sweep_table(sweep_of(made_up.recorded(point.with_figures(one_chunk))))
    assert table.footnotes == (f"left out because empty: TPOT mean, TPOT P99 ({formats.TIME_NOT_VISIBLE})",)


def test_a_point_without_a_success_has_no_figures() -> None:
    table = sweep_table(sweep("broken"))
    assert (cells(table, "Success"), cells(table, "Verdict")) == (["0"], ["invalid"])
    assert "Latency mean" not in [column.name for column in table.columns]
    assert table.footnotes[0].endswith("(no request succeeded)")


def test_each_repeat_has_its_own_row() -> None:
    assert cells(sweep_table(sweep("twice")), "Conc.") == ["4 #1", "4 #2", "8 #1", "8 #2"]


def test_the_source_of_a_reused_point_is_named() -> None:
    assert cells(sweep_table(sweep("again")), "Source") == ["reused from run-0"]
    assert cells(sweep_table(sweep("one-load")), "Source") == ["measured"]


def test_the_column_of_the_loads_has_the_name_of_their_kind() -> None:
    slow, fast = (made_up.open_point(made_up.point("open"), rate) for rate in (2.5, 5.0))
    table = sweep_table(sweep_of(made_up.recorded(slow), made_up.recorded(fast)))
    assert cells(table, "Rate") == ["2.5/s", "5/s"]
    assert load_column([slow, made_up.point()]).name == "Load"


def test_a_sweep_of_another_load_generator_says_so() -> None:
    imported = sweep("throughput").model_copy(update={"imported_from": "guidellm 0.8.1"})
    assert set(cells(sweep_table(imported), "Source")) == {"imported from GuideLLM"}
