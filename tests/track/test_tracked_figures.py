"""Which figures of a run trackers show, and their table."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.record.results import RecordedPoint
from tasks.track.tracked_figures import charted_sweeps, figures_by_step, point_table
from tests.record import made_up
from tests.track.made_up_run import made_up_run

OTHER_LOAD = made_up.recorded(made_up.point(concurrency=100))
"""A second load, because a sweep of one has no charts."""


def test_the_step_of_a_point_is_its_concurrency_and_steps_ascend() -> None:
    by_step = figures_by_step(made_up_run())
    assert list(by_step) == [0, 1, 8]
    assert by_step[8]["throughput/Output (tok/s)"] == pytest.approx(8 / 1.8 * 64)
    assert by_step[8]["throughput/TTFT mean (ms)"] == pytest.approx(0.05 * 1.8 * 1000)
    assert [by_step[step]["concurrency"] for step in (1, 8)] == [1, 8]
    assert by_step[0]["accuracy/aime25_OVERALL_mean_acc"] == 0.5


def test_a_percentile_that_is_not_known_is_left_out() -> None:
    by_step = figures_by_step(made_up_run())
    assert "throughput/TTFT P99 (ms)" in by_step[8]
    assert "throughput/TTFT P99 (ms)" not in by_step[1]
    assert "throughput/TTFT mean (ms)" in by_step[1]


def test_goodput_is_shown_where_the_sweep_has_objectives() -> None:
    point = made_up.recorded(made_up.bounded(made_up.point(), 4.0))
    figures = figures_by_step(made_up_run(points=(point, OTHER_LOAD)))[4]
    assert figures["throughput/Goodput (req/s)"] == point.result["goodput"]
    assert figures["throughput/Objectives met"] == 1
    assert "throughput/Goodput (req/s)" not in figures_by_step(made_up_run())[8]


def test_energy_and_cost_are_shown_where_they_are_known() -> None:
    point = made_up.recorded(made_up.expensive(made_up.point()))
    figures = figures_by_step(made_up_run(points=(point, OTHER_LOAD)))[4]
    assert figures["throughput/Energy output (J/tok)"] == point.result["energy_per_output_token_j"]
    assert "throughput/Cost total (per 1M tok)" in figures
    assert "throughput/Energy (J)" not in figures_by_step(made_up_run())[8]


def test_a_point_without_a_success_has_a_success_rate_and_no_times() -> None:
    failed = made_up.recorded(made_up.point("chat", concurrency=8, failed=20))
    other = made_up.recorded(made_up.point("chat", concurrency=1))
    figures = figures_by_step(made_up_run(points=(failed, other)))[8]
    assert figures["chat/Success (%)"] == 0
    assert not [key for key in figures if key.startswith("chat/TTFT")]


def test_a_sweep_of_one_load_has_no_chart() -> None:
    assert not [
        key for figures in figures_by_step(made_up_run()).values() for key in figures if "chat/" in key
    ]


def test_a_repeat_has_keys_of_its_own() -> None:
    points = tuple(made_up.recorded(made_up.point(repeat=repeat)) for repeat in (1, 2))
    by_step = figures_by_step(made_up_run(points=(*points, OTHER_LOAD), scores=()))
    assert set(by_step) == {4, 100}
    assert {"throughput/Success (%)", "throughput/Success (%) #2"} <= set(by_step[4])


def at_rate(rate: float, latency: float, burstiness: float | None = None) -> RecordedPoint:
    """A point of an open loop, told by its mean latency."""
    point = made_up.point("open").with_figures({"latency_mean_s": latency})
    load = OpenLoop(rate=rate, requests=20, burstiness=burstiness)
    return made_up.recorded(point.model_copy(update={"load": load}))


def open_figures(*points: RecordedPoint) -> list[dict[str, float]]:
    """The x axis and the mean latencies of each step."""
    by_step = figures_by_step(made_up_run(points=points, scores=()))
    assert len(set(by_step)) == len(by_step)
    return [
        {key: value for key, value in figures.items() if key == "rate" or "Latency mean" in key}
        for figures in by_step.values()
    ]


def test_each_level_has_a_step_and_its_own_place_on_the_x_axis() -> None:
    assert open_figures(at_rate(1.4, 3.0), at_rate(0.2, 1.0), at_rate(1.2, 2.0)) == [
        {"rate": 0.2, "open/Latency mean (s)": 1.0},
        {"rate": 1.2, "open/Latency mean (s)": 2.0},
        {"rate": 1.4, "open/Latency mean (s)": 3.0},
    ]


def test_another_load_of_the_same_level_is_no_repeat() -> None:
    assert open_figures(at_rate(5, 1.0), at_rate(5, 2.0, burstiness=0.5), at_rate(9, 3.0)) == [
        {"rate": 5, "open/Latency mean (s)": 1.0, "open/Latency mean (s) rate5burst0.5": 2.0},
        {"rate": 9, "open/Latency mean (s)": 3.0},
    ]


def test_loads_of_two_kinds_share_an_axis_of_neither() -> None:
    mixed = made_up.recorded(made_up.point("open", concurrency=4))
    assert charted_sweeps(made_up_run(points=(mixed, at_rate(9, 1.0)))) == {"open": "load"}


def test_a_knee_has_step_0_and_its_interval() -> None:
    figures = figures_by_step(made_up_run(knees=(made_up.knee(),)))[0]
    names = (
        "throughput/knee_concurrency",
        "throughput/knee_concurrency_low",
        "throughput/knee_concurrency_high",
    )
    assert [figures[name] for name in names] == [19, 19, 20]


def test_keys_of_scores_contain_no_dots() -> None:
    score = made_up.score("a.b")
    assert not [key for key in figures_by_step(made_up_run(scores=(score,)))[0] if "." in key]


def test_every_row_of_the_table_has_a_cell_for_each_column() -> None:
    header, rows = point_table(made_up_run().points)
    assert [len(row) for row in rows] == [len(header)] * 3
    assert rows[2][header.index(BY_NAME["ttft_mean_s"].title)] == "–"
    assert rows[2][header.index("Success %")] == "0.0"


def test_a_score_of_a_whole_set_has_no_subset_in_its_key() -> None:
    whole = made_up.score("default").model_copy(update={"dataset": "aime-format-sample"})
    figures = figures_by_step(made_up_run(points=(), scores=(whole,)))[0]
    assert figures["accuracy/aime-format-sample_mean_acc"] == 0.5


def test_a_doubtful_figure_is_marked_by_the_figure_valid() -> None:
    suspect = Verdict(verdict="suspect", reasons=("late, made up",))
    chats = [made_up.point("chat", concurrency) for concurrency in (4, 100)]
    points = (
        made_up.recorded(made_up.point()),
        OTHER_LOAD,
        *(made_up.recorded(chat, verdict=suspect) for chat in chats),
    )
    knees = (made_up.knee(), made_up.knee("chat").model_copy(update={"doubts": suspect.reasons}))
    by_step = figures_by_step(made_up_run(points=points, knees=knees))
    assert (by_step[4]["throughput/Valid"], by_step[4]["chat/Valid"]) == (1, 0)
    assert by_step[0]["throughput/knee_concurrency_valid"] == 1
    assert by_step[0]["chat/knee_concurrency_valid"] == 0
    header, rows = point_table(points)
    assert [row[header.index("Verdict")] for row in rows] == ["valid", "valid", "suspect", "suspect"]
