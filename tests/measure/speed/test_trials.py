"""What a level tells a search, computed by hand."""

from __future__ import annotations

import pytest

from tasks.config.objective import Objective
from tasks.measure.speed.trials import INVALID, trial_of
from tests.record import made_up

BOUND = Objective(name="latency_mean_s", bound=2.8)


def test_the_tightest_bound_counts() -> None:
    trial = trial_of(made_up.point(concurrency=4), (BOUND, Objective(name="ttft_mean_s", bound=1.0)))
    assert (trial.level, trial.limit) == (4, "latency_mean_s <= 2.8")
    assert trial.margin == pytest.approx(0.5)
    assert trial.throughput == pytest.approx(4 / 1.4)


def test_failures_break_a_level_unless_an_objective_allows_for_them() -> None:
    failing = made_up.point(failed=2)
    assert trial_of(failing, (BOUND,)).margin < 0
    assert trial_of(failing, (BOUND,)).limit == "success >= 1"
    assert trial_of(failing, (BOUND, Objective(name="success", bound=0.8))).margin == pytest.approx(0.5)


def test_what_cannot_be_judged_breaks_a_level() -> None:
    small, bound = made_up.point(requests=10), Objective(name="ttft_p99_s", bound=9.0)
    trial = trial_of(small, (BOUND, bound))
    assert (trial.margin, trial.limit) == (-1, "ttft_p99_s <= 9, which cannot be judged")
    slow = Objective(name="latency_mean_s", bound=0.1)
    assert trial_of(small, (slow, bound)).limit == "latency_mean_s <= 0.1"


def test_an_open_loop_has_to_keep_up() -> None:
    keeps = made_up.open_point(made_up.point(), rate=5.0).with_figures({"pace": 1.0})
    assert trial_of(keeps, ()).margin == pytest.approx(1)
    assert trial_of(keeps.with_figures({"pace": 0.97}), ()).margin == pytest.approx(0)
    behind = trial_of(keeps.with_figures({"pace": 0.5}), ())
    assert (behind.level, behind.limit) == (5, "throughput")
    assert behind.margin < -10


def test_an_open_loop_whose_pace_is_not_known_is_judged_by_its_objectives_and_throughput() -> None:
    figures = {"pace": None, "sustained_throughput": 4.0}
    unknown = made_up.open_point(made_up.point(), rate=5.0).with_figures(figures)
    trial = trial_of(unknown, (BOUND,))
    assert (trial.pace_known, trial.limit, trial.throughput) == (False, str(BOUND), 4)
    assert trial_of(unknown.with_figures({"pace": 1.0}), ()).pace_known
    assert trial_of(made_up.point(), ()).pace_known


def test_the_throughput_of_an_open_loop_counts_all_requests_as_its_rate_does() -> None:
    """Four of five are answered, at 4 a second: the server deals with 5."""
    left = made_up.open_point(made_up.point(), rate=5.0).with_figures({"sustained_throughput": 4.0})
    left = left.model_copy(update={"requests": 50, "succeeded": 40, "abandoned": 10})
    assert trial_of(left, ()).throughput == 5


def test_a_point_of_an_earlier_version_does_not_say_that_the_server_is_slower_than_the_rate() -> None:
    old = made_up.open_point(made_up.point(), rate=5.0).with_figures({"sustained_throughput": None})
    assert trial_of(old, ()).throughput == 5


def test_figures_that_must_not_be_used_break_a_level() -> None:
    trial = trial_of(made_up.point(), (), usable=False)
    assert (trial.margin, trial.limit) == (-1, INVALID)
