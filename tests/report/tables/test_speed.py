"""The report's tables: what stands in which cell."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.config.objective import Objective
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.charts.speed import sweep_chart
from tasks.report.report_input import Table
from tasks.report.tables.best import best_table
from tasks.report.tables.knees import knee_table
from tasks.report.tables.objectives import objectives_table
from tasks.report.tables.repeats import repeats_table
from tasks.report.tables.speed import all_tables, load_column, score_table, sweep_tables
from tasks.report.tables.summary import headline, manifest_pairs, reuse, tiles
from tests.record import made_up
from tests.record.made_up import spread
from tests.report.made_up import report


def sweep(name: str) -> Table:
    return next(table for table in sweep_tables(report()) if table.title == f"Sweep {name}")


def column(table: Table, name: str) -> list[str]:
    place = [column.name for column in table.columns].index(name)
    return [row[place] for row in table.rows]


def test_energy_and_cost_have_a_table_where_they_are_known() -> None:
    (table,) = (table for table in all_tables(report()) if "energy" in table.title)
    assert table.title == "Sweep one-load energy and cost"
    assert column(table, "Power mean") == ["500"]
    assert column(table, "Energy request") == ["75"]
    assert column(table, "Cost output") == ["2.344"]


def test_repeats_have_a_table_with_their_mean_spread_and_interval() -> None:
    points = [made_up.point("twice", 4, 40, repeat=n) for n in (1, 2, 3, 4)]
    rates = [1.0, 2.0, 3.0, 99.0]
    found = [
        made_up.recorded(point.with_figures({"request_throughput": rate}))
        for point, rate in zip(points, rates, strict=True)
    ]
    found[3] = found[3].model_copy(update={"verdict": Verdict(verdict="invalid")})
    once = made_up.recorded(made_up.point("twice", 8))
    table = repeats_table("twice", [*found, once])
    assert table is not None
    assert table.rows[0] == ("4", "RPS (req/s)", "3", "2.00", "1.00", "0.00 – 4.48")
    assert [row[1] for row in table.rows[1:]] == ["Output (tok/s)", "TTFT mean (ms)", "TPOT mean (ms)"]
    assert table in all_tables(report(points=(*found, once)))
    assert repeats_table("once", [once]) is None


def test_a_rate_is_called_by_its_rate() -> None:
    slow, fast = (made_up.open_point(made_up.point("open"), rate) for rate in (2.5, 5.0))
    points = (made_up.recorded(slow), made_up.recorded(fast))
    tables = all_tables(report(points=points))
    assert column(tables[0], "Rate") == ["2.5/s", "5/s"]
    assert tiles(report(points=points))[0].where == "open, rate 2.5/s"
    assert load_column([*points, made_up.recorded(made_up.point())]).name == "Load"
    assert ">rate<" in (sweep_chart("open", points) or "")


def test_objectives_have_a_table_of_their_own() -> None:
    (table,) = (table for table in all_tables(report()) if table.title == "Sweep one-load objectives")
    assert [column.name for column in table.columns] == [
        "Load",
        "RPS",
        "Goodput",
        "latency_p95_s <= 4",
        "Met",
    ]
    assert table.rows == (("20", "6.67", "3.33", "4.500", "no"),)
    small = made_up.recorded(made_up.bounded(made_up.point(requests=5), 4.0))
    table = all_tables(report(points=(small,)))[1]
    assert table.rows[0][-2:] == ("–", "–")
    assert table.footnotes[-1] == "–: too few requests to carry this figure"


def test_a_knee_stands_between_the_loads_next_to_it() -> None:
    (table,) = (table for table in all_tables(report()) if table.title == "Saturation")
    assert table.rows == (
        ("throughput", "concurrency", "19", "19 – 20", "success >= 1", "23"),
        ("one-load", "concurrency", "–", "– – 20", "success >= 1", "23"),
    )
    assert knee_table(()) is None


def test_every_row_has_a_cell_for_every_column() -> None:
    for table in all_tables(report()):
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_points_stand_in_rising_load_with_figures_in_the_units_of_their_columns() -> None:
    table = sweep("throughput")
    assert column(table, "Conc.") == ["1", "10", "100"]
    assert column(table, "RPS") == ["0.909", "5.00", "8.95"]
    assert column(table, "Latency mean") == ["1.100", "2.000", "11.000"]
    assert column(table, "TTFT mean") == ["55.0", "100.0", "550.0"]
    assert column(table, "TPOT P99") == ["–", "40.0", "220.0"]
    assert column(table, "Success") == ["100", "100", "98.5"]
    units = {column.name: column.unit for column in table.columns}
    assert (units["Latency mean"], units["TTFT mean"], units["Output"]) == ("s", "ms", "tok/s")


def test_an_empty_percentile_and_every_reason_have_a_footnote() -> None:
    assert sweep("throughput").footnotes == (
        "–: too few requests to carry this percentile",
        "100: suspect: two waves, made up",
        "100: suspect: first error: HTTP 500 made up",
    )
    assert sweep("one-load").footnotes == ()


def test_a_time_that_answers_do_not_show_is_no_small_sample() -> None:
    point = made_up.point("one-load", 20, 100)
    whole = point.with_figures({name: None for name in point.figures if name.startswith(("tpot", "itl"))})
    (table,) = sweep_tables(report(points=(made_up.recorded(whole),)))
    assert table.footnotes == (f"–: {formats.UNSEEN}",)
    bounded = whole.model_copy(update={"objectives": (Objective(name="tpot_p95_s", bound=1.0),)})
    held = objectives_table("one-load", [made_up.recorded(bounded.with_figures({"goodput": 1.0}))], False)
    assert held is not None
    assert held.footnotes[1:] == (f"–: {formats.UNSEEN}",)


def test_a_point_without_a_success_has_no_figures() -> None:
    table = sweep("broken")
    assert column(table, "Latency mean") == column(table, "TTFT P99") == ["–"]
    assert (column(table, "Success"), column(table, "Verdict")) == (["0"], ["invalid"])
    assert table.footnotes[0] == "–: no request succeeded"


def test_repeats_are_rows_of_their_own() -> None:
    assert column(sweep("twice"), "Conc.") == ["4 #1", "4 #2", "8 #1", "8 #2"]


def test_the_source_of_a_reused_point_is_named() -> None:
    assert column(sweep("again"), "Source") == ["reused from run-0"]
    assert column(sweep("one-load"), "Source") == ["measured"]
    assert reuse(report()) == "reused: 1 of 10 load points, measured by run-0"


def test_nothing_reused_is_not_mentioned() -> None:
    assert reuse(report(points=())) is None
    assert reuse(report(points=(), accuracy=(made_up.accuracy("run-0"),))) == (
        "reused: 1 of 1 question sets, measured by run-0"
    )


def test_the_best_configuration_leaves_out_what_is_invalid_or_had_no_choice() -> None:
    fast = made_up.point(concurrency=50, requests=100)
    invalid = made_up.recorded(
        fast.with_figures({"request_throughput": 1e6}), verdict=report().points[-1].verdict
    )
    table = best_table((*report().points, invalid))
    assert table is not None
    assert table.rows == (
        ("throughput", "highest RPS", "100", "8.95 req/s"),
        ("throughput", "lowest mean latency", "1", "1.100 s"),
        ("twice", "highest RPS", "8", "4.44 req/s"),
        ("twice", "lowest mean latency", "4", "1.400 s"),
    )
    assert best_table(()) is None


def test_one_lucky_repeat_is_not_the_best() -> None:
    def repeat(load: int, number: int, rate: float) -> RecordedPoint:
        throughputs = {"request_throughput": rate, "output_token_throughput": rate}
        point = made_up.point("s", load, repeat=number)
        return made_up.recorded(point.with_figures(throughputs | spread("latency", 1 / rate)))

    points = (repeat(4, 1, 9.0), repeat(4, 2, 1.0), repeat(8, 1, 6.0), repeat(8, 2, 6.0))
    table = best_table(points)
    assert table is not None
    assert [row[2:] for row in table.rows] == [("8", "6.00 req/s"), ("8", "0.167 s")]
    assert tiles(report(points=points))[0][1:] == ("6.0", "tok/s", "s, concurrency 8")
    assert best_table(points[:2]) is None  # one load, twice


def test_scores_show_their_interval_and_what_failed() -> None:
    table = score_table(report())
    assert table is not None
    assert column(table, "Subset") == ["AIME2025-I", "AIME2025-II", "OVERALL"]
    assert table.rows[2] == (
        "made-up-model", "aime25", "mean_acc", "OVERALL", "10 × 2", "0.500", "0.200 – 0.800", "1", "2",
        "measured",
    )  # fmt: skip
    assert score_table(report(accuracy=())) is None


def test_success_is_never_rounded_up_to_all() -> None:
    assert formats.success(made_up.point(requests=100_000, failed=1)) == "99.9"


def test_the_tiles_leave_out_what_is_invalid() -> None:
    names = {tile.name: tile.figure for tile in tiles(report())}
    assert names == {
        "Highest output": "573.1",
        "Lowest mean TTFT": "55.0",
        "Lowest mean TPOT": "11.0",
        "Knee of throughput": "19",
        "Knee of one-load": "–",
        "aime25 OVERALL": "0.500",
    }
    assert tiles(report(points=report().points[-1:], knees=(), accuracy=())) == ()


def test_the_run_and_its_manifest_in_pairs() -> None:
    assert dict(headline(report()))["Took"] == "0:01:35"
    manifest = dict(manifest_pairs(report()))
    assert manifest["Server arguments"] == "enforce-eager true"
    assert manifest["Memory"] == "8.0 GiB"
    unknown = report(run=made_up.run().model_copy(update={"finished_at": None}))
    assert dict(headline(unknown))["Took"] == "not finished"
