"""Which figures of a run trackers show, and their table."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.track.tracked_figures import figures_by_step, point_table
from tests.record import made_up
from tests.track.made_up_run import made_up_run


def test_the_step_of_a_point_is_its_concurrency_and_steps_ascend() -> None:
    by_step = figures_by_step(made_up_run())
    assert list(by_step) == [0, 1, 8]
    assert by_step[8]["throughput/output_token_throughput"] == pytest.approx(8 / 1.8 * 64)
    assert by_step[0]["accuracy/aime25_OVERALL_mean_acc"] == 0.5


def test_a_percentile_that_is_not_known_is_left_out() -> None:
    by_step = figures_by_step(made_up_run())
    assert "throughput/ttft_p99_s" in by_step[8]
    assert "throughput/ttft_p99_s" not in by_step[1]
    assert "throughput/ttft_mean_s" in by_step[1]


def test_goodput_is_shown_where_the_sweep_has_objectives() -> None:
    point = made_up.recorded(made_up.bounded(made_up.point(), 4.0))
    figures = figures_by_step(made_up_run(points=(point,)))[4]
    assert figures["throughput/goodput"] == point.result["goodput"]
    assert figures["throughput/objectives_met"] == 1
    assert "throughput/goodput" not in figures_by_step(made_up_run())[8]


def test_energy_and_cost_are_shown_where_they_are_known() -> None:
    point = made_up.recorded(made_up.expensive(made_up.point()))
    figures = figures_by_step(made_up_run(points=(point,)))[4]
    assert figures["throughput/energy_per_output_token_j"] == point.result["energy_per_output_token_j"]
    assert "throughput/cost_per_million_tokens" in figures
    assert "throughput/energy_j" not in figures_by_step(made_up_run())[8]


def test_a_point_without_a_success_has_a_success_rate_and_no_times() -> None:
    figures = figures_by_step(made_up_run())[8]
    assert figures["chat/success_rate"] == 0
    assert not [key for key in figures if key.startswith("chat/ttft")]


def test_a_repeat_has_keys_of_its_own() -> None:
    points = tuple(made_up.recorded(made_up.point(repeat=repeat)) for repeat in (1, 2))
    by_step = figures_by_step(made_up_run(points=points, scores=()))
    assert set(by_step) == {4}
    assert {"throughput/success_rate", "throughput/success_rate_2"} <= set(by_step[4])


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
    points = (made_up.recorded(made_up.point()), made_up.recorded(made_up.point("chat"), verdict=suspect))
    knees = (made_up.knee(), made_up.knee("chat").model_copy(update={"doubts": suspect.reasons}))
    by_step = figures_by_step(made_up_run(points=points, knees=knees))
    assert (by_step[4]["throughput/valid"], by_step[4]["chat/valid"]) == (1, 0)
    assert by_step[0]["throughput/knee_concurrency_valid"] == 1
    assert by_step[0]["chat/knee_concurrency_valid"] == 0
    header, rows = point_table(points)
    assert [row[header.index("Verdict")] for row in rows] == ["valid", "suspect"]
