"""Open scores: a loss that noise may hide is no pass."""

from __future__ import annotations

import pytest

from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.regressions import regressions
from tasks.report.comparison.undecided_scores import undecided_scores
from tests.report.comparison.compared_runs import compared


def lines(base: ComparedRun, new: ComparedRun, points: float) -> list[str]:
    """The open scores as text."""
    return [score.text(points) for score in undecided_scores(base, new, points)]


def test_a_lower_score_that_may_be_noise_is_open() -> None:
    base, lower = compared("a"), compared("b", right=2)
    assert not [line for line in regressions((base, lower), 5) if "aime25" in line]
    (line,) = lines(base, lower, 5)
    end = "more repeats or questions would decide whether it is worse by 5 points"
    assert line == f"aime25 OVERALL: -0.300 ± 0.346 ≈: {end}"
    assert lines(base, lower, 70) == []  # its interval ends at a loss of 64.6 points


@pytest.mark.parametrize("right", [5, 0])
def test_the_same_answers_and_a_sure_loss_are_decided(right: int) -> None:
    assert lines(compared("a"), compared("b", right=right), 5) == []


def test_a_score_that_one_run_lacks_is_none() -> None:
    base = compared("a")
    without = base.model_copy(update={"report": base.report.model_copy(update={"accuracy": ()})})
    assert lines(base, without, 5) == []
