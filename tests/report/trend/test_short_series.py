"""Series with too few runs for a trend: one table of all of them, and none where every series is long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tasks.config.objective import Objective
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tasks.report.trend.change_points import ENOUGH_RUNS, ChangePoint, change_points
from tasks.report.trend.figure_series import figure_series
from tasks.report.trend.trend_table import trend_tables
from tests.record import made_up

HARDWARE = "Hardware: Made-up GPU 1, Made-up GPU 2, Made-up CPU"
FEW = "a change is found from 8 runs on"


def record(store: Store, runs: int, spec: str, *points: PointResult) -> None:
    """Record so many runs of the same points."""
    for number in range(runs):
        run = made_up.run(f"{spec}-{number}", made_up.START + timedelta(days=number))
        record_run(store, run.model_copy(update={"spec": spec}))
        for point in points:
            record_point(store, run.run_id, made_up.recorded(point, run.run_id))


def point(load: int, throughput: float) -> PointResult:
    """A point whose throughput is as given."""
    return made_up.point(concurrency=load).with_figures({"output_token_throughput": throughput})


def test_short_series_share_a_table_after_those_of_long_ones(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, 8, "nightly", point(4, 100.0))
    record(store, 7, "smoke", point(1, 25.0), point(2, 50.0))
    long, short = trend_tables(store, figure_series(store, "output_token_throughput"))
    assert long.title.startswith("Output (tok/s): nightly · made-up-model · ")
    assert short.title == "Output (tok/s): too few runs for a trend"
    assert [column.name for column in short.columns] == ["Sweep", "Load", "Runs", "Mean"]
    assert short.rows == (("throughput", "c1", "7", "25.0"), ("throughput", "c2", "7", "50.0"))
    assert short.footnotes == ("Spec: smoke", "Model: made-up-model", HARDWARE, FEW)


def test_what_differs_between_short_series_is_a_column(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, 1, "nightly", point(4, 100.0))
    record(store, 2, "smoke", point(4, 50.0))
    (table,) = trend_tables(store, figure_series(store, "output_token_throughput"))
    assert table.rows == (
        ("nightly", "throughput", "c4", "1", "100.0"),
        ("smoke", "throughput", "c4", "2", "50.0"),
    )
    assert table.footnotes == ("Model: made-up-model", HARDWARE, FEW)


def test_a_goodput_names_the_objectives_that_it_counts_by(tmp_path: Path) -> None:
    store = Store(tmp_path)
    bound = Objective.model_validate("ttft_p95_s <= 0.5")
    result = made_up.point().with_figures({"goodput": 3.0})
    record(store, 1, "smoke", result.model_copy(update={"objectives": (bound,)}))
    (table,) = trend_tables(store, figure_series(store, "goodput"))
    assert table.rows == (("throughput", "c4", "ttft_p95_s <= 0.5", "1", "3.00"),)


def test_long_series_alone_have_no_other_table(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, ENOUGH_RUNS, "nightly", point(4, 100.0))
    assert len(trend_tables(store, figure_series(store, "output_token_throughput"))) == 1
    assert trend_tables(store, []) == ()


def test_a_change_that_was_found_is_never_folded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, 4, "nightly", point(4, 100.0))
    (series,) = figure_series(store, "output_token_throughput")
    changed = series.model_copy(update={"changes": (ChangePoint(position=2, p=0.01),)})
    (table,) = trend_tables(store, [changed])
    assert [row[:2] for row in table.rows] == [("nightly-0", "2"), ("nightly-2", "2")]


def test_no_shorter_series_can_show_a_change() -> None:
    """Not even one whose runs all became half as fast at once, wherever that was."""
    for runs in range(2, ENOUGH_RUNS):
        for before in range(1, runs):
            values = [100 + number if number < before else 50 + number for number in range(runs)]
            assert change_points(values) == (), (runs, before)
    assert change_points([100, 101, 102, 103, 50, 51, 52, 53]) != ()
