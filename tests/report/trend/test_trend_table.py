"""The trend of recorded runs: its series, its levels and what changed with them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.objective import Objective
from tasks.errors import InputError
from tasks.record.compact import compact
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tasks.report.trend.figure_series import figure_series
from tasks.report.trend.trend_table import trend_table, trend_tables
from tests.record import made_up

NOISE = (0.0, 0.01, -0.01)


def record(store: Store, number: int, speed: float, version: str = "1.0", reused: bool = False) -> None:
    """Record a run with two repeats of a load."""
    run = made_up.run(f"run-{number:02}", made_up.START + timedelta(days=number))
    manifest = run.manifest.model_copy(update={"engine_version": version})
    record_run(store, run.model_copy(update={"manifest": manifest}))
    for repeat in (1, 2):
        figures = {"output_token_throughput": 100 * speed * (1 + NOISE[number % 3])}
        point = made_up.point(repeat=repeat).with_figures(figures)
        origin = "run-00" if reused else run.run_id
        record_point(store, run.run_id, made_up.recorded(point, origin))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Twelve runs; the last four have a new version and are slower. A run that reused figures is no news."""
    store = Store(tmp_path)
    for number in range(12):
        record(store, number, 0.9 if number >= 8 else 1.0, "1.1" if number >= 8 else "1.0")
    record(store, 12, 9.0, reused=True)
    return store


@pytest.mark.parametrize("compacted", [False, True])
def test_a_change_is_where_it_began_with_what_changed(store: Store, compacted: bool) -> None:
    if compacted:
        compact(store)
    (series,) = figure_series(store, "output_token_throughput")
    hardware = "Made-up GPU 1, Made-up GPU 2, Made-up CPU"
    assert series.key.text == f"made-up · made-up-model · {hardware} · throughput · c4"
    assert [len(run.values) for run in series.runs] == [2] * 12
    assert [change.position for change in series.changes] == [8]
    table = trend_table(store, series)
    assert [row[:3] for row in table.rows] == [
        ("run-00", "8", "100.1"),
        ("run-08", "4", "89.8"),
    ]
    assert table.rows[1][3].startswith("-10.")
    assert table.rows[1][3].endswith("% worse")
    assert table.rows[1][4] == "engine version 1.0 → 1.1"


def test_a_version_that_changes_nothing_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(9):
        record(store, number, 1.0, "1.1" if number >= 4 else "1.0")
    (series,) = figure_series(store, "output_token_throughput", "made-up")
    table = trend_table(store, series)
    assert len(table.rows) == 1
    assert table.footnotes == ("no change among 9 runs", "engine version 1.0 → 1.1 since run-04: no change")


def test_suspect_points_are_marked_and_invalid_ones_left_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number, verdict in enumerate(("valid", "suspect", "invalid")):
        run = made_up.run(f"run-{number}", made_up.START + timedelta(days=number))
        record_run(store, run)
        judged = Verdict.model_validate({"verdict": verdict})
        record_point(store, run.run_id, made_up.recorded(made_up.point(), run.run_id, judged))
    (series,) = figure_series(store, "request_throughput")
    assert [run.run_id for run in series.runs] == ["run-0", "run-1"]
    (table,) = trend_tables(store, [series])
    assert table.rows[0][-1].endswith(" ?")
    assert "?: suspect points are among these" in table.footnotes


def test_an_unknown_figure_is_refused_and_an_unknown_spec_has_no_series(store: Store) -> None:
    with pytest.raises(InputError, match="did you mean ttft_mean_s"):
        figure_series(store, "ttft_mean")
    with pytest.raises(InputError) as refused:
        figure_series(store, "ttft")
    assert refused.value.remedy.startswith("there are: ttft_mean_s, ttft_p50_s")
    assert "tpot" not in refused.value.remedy
    assert figure_series(store, "ttft_mean_s", "nosuch") == ()


def test_goodput_of_other_objectives_is_no_change_of_the_server(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(12):
        run = made_up.run(f"run-{number:02}", made_up.START + timedelta(days=number))
        record_run(store, run)
        strict = number < 8
        bounds = ("ttft_p95_s <= 0.5" if strict else "ttft_p95_s <= 2", "success >= 0.9")
        objectives = tuple(map(Objective.model_validate, bounds))
        point = made_up.point().with_figures({"goodput": 1.0 if strict else 3.0})
        point = point.model_copy(update={"objectives": objectives})
        record_point(store, run.run_id, made_up.recorded(point, run.run_id))
    strict_series, loose = figure_series(store, "goodput")
    assert [(len(each.runs), each.changes) for each in (strict_series, loose)] == [(8, ()), (4, ())]
    assert strict_series.key.text.endswith("throughput · c4 · ttft_p95_s <= 0.5")
    (all_runs,) = figure_series(store, "request_throughput")
    assert len(all_runs.runs) == 12


def test_runs_without_hardware_may_be_of_different_machines(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(2):
        run = made_up.run(f"run-{number}", made_up.START + timedelta(days=number))
        unknown = run.manifest.model_copy(update={"cpu": None, "gpu_names": ()})
        record_run(store, run.model_copy(update={"manifest": unknown}))
        record_point(store, run.run_id, made_up.recorded(made_up.point(), run.run_id))
    (series,) = figure_series(store, "request_throughput")
    note = "no hardware is recorded: these may be runs of different machines"
    (table,) = trend_tables(store, [series])
    assert note in table.footnotes
    assert "Hardware: –" in table.footnotes


def test_machines_of_other_sizes_are_other_hardware_where_the_model_runs_on_their_processors(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    for number, (gpus, cpus) in enumerate([((), 4), ((), 64), (("H100",), 4), (("H100",), 64)]):
        run = made_up.run(f"run-{number}", made_up.START + timedelta(days=number))
        manifest = run.manifest.model_copy(update={"gpu_names": gpus, "cpu_count": cpus})
        record_run(store, run.model_copy(update={"manifest": manifest}))
        record_point(store, run.run_id, made_up.recorded(made_up.point(), run.run_id))
    series = figure_series(store, "request_throughput")
    assert {one.key.hardware: len(one.runs) for one in series} == {
        "Made-up CPU, 4 CPUs": 1,
        "Made-up CPU, 64 CPUs": 1,
        "H100, Made-up CPU": 2,
    }
