"""Which figures a tracker is given."""

from __future__ import annotations

import pytest

from tasks.track.bundle import TrackedRun
from tasks.track.tracked_figures import experiment_id, steps, sweep_table
from tests.record import made_up


def bundle(**given: object) -> TrackedRun:
    points = tuple(
        made_up.recorded(point)
        for point in (
            made_up.point(concurrency=8, requests=40),
            made_up.point(concurrency=1, requests=5),
            made_up.point("chat", concurrency=8, failed=20),
        )
    )
    filled = {"run_id": "run-1", "name": "made up", "points": points, "scores": made_up.accuracy().scores}
    return TrackedRun.model_validate(filled | given)


def test_the_step_is_the_concurrency_and_rises() -> None:
    found = steps(bundle())
    assert list(found) == [0, 1, 8]
    assert found[8]["throughput/output_token_throughput"] == pytest.approx(8 / 1.8 * 64)
    assert found[0]["accuracy/aime25_OVERALL_mean_acc"] == 0.5


def test_a_percentile_that_is_not_there_is_not_given() -> None:
    found = steps(bundle())
    assert "throughput/ttft_p99_s" in found[8]
    assert "throughput/ttft_p99_s" not in found[1]
    assert "throughput/ttft_mean_s" in found[1]


def test_goodput_is_there_where_there_are_objectives() -> None:
    point = made_up.recorded(made_up.bounded(made_up.point(), 4.0))
    found = steps(bundle(points=(point,)))[4]
    assert found["throughput/goodput"] == point.result.goodput
    assert found["throughput/objectives_met"] == 1
    assert "throughput/goodput" not in steps(bundle())[8]


def test_energy_and_cost_are_there_where_they_are_known() -> None:
    point = made_up.recorded(made_up.expensive(made_up.point()))
    found = steps(bundle(points=(point,)))[4]
    assert found["throughput/energy_per_output_token_j"] == point.result.energy_per_output_token_j
    assert "throughput/cost_per_million_tokens" in found
    assert "throughput/energy_j" not in steps(bundle())[8]


def test_a_point_without_a_success_gives_its_failure_alone() -> None:
    found = steps(bundle())[8]
    assert found["chat/success_rate"] == 0
    assert not [key for key in found if key.startswith("chat/ttft")]


def test_repeats_have_keys_of_their_own() -> None:
    points = tuple(made_up.recorded(made_up.point(repeat=n)) for n in (1, 2))
    found = steps(bundle(points=points, scores=()))
    assert set(found) == {4}
    assert {"throughput/success_rate", "throughput/success_rate_2"} <= set(found[4])


def test_a_knee_stands_at_step_0_with_its_interval() -> None:
    found = steps(bundle(knees=(made_up.knee(),)))[0]
    names = (
        "throughput/knee_concurrency",
        "throughput/knee_concurrency_low",
        "throughput/knee_concurrency_high",
    )
    assert [found[name] for name in names] == [19, 19, 20]


def test_keys_hold_no_dots() -> None:
    odd = made_up.score("a.b")
    assert not [key for key in steps(bundle(scores=(odd,)))[0] if "." in key]


def test_the_table_has_a_row_a_point_of_as_many_cells() -> None:
    header, rows = sweep_table(bundle().points)
    assert [len(row) for row in rows] == [len(header)] * 3
    assert rows[2][header.index("TTFT mean ms")] == "–"


def test_an_id_is_stable_and_one_the_tracker_takes() -> None:
    assert experiment_id("run-1_A") == "run-1_A"
    odd = experiment_id("run: 1/2")
    assert odd == experiment_id("run: 1/2") != experiment_id("run: 1/3")
    assert odd.isalnum()
    assert len(odd) <= 64
