"""Scores compared question by question."""

from __future__ import annotations

import pytest

from tasks.report.comparison.compare_scores import compare_scores
from tests.report.comparison.compared_runs import compared


def test_the_overall_score_counts_every_question_and_a_subset_its_own() -> None:
    comparisons = {
        score.key.subset: score for score in compare_scores((compared("a"), compared("b", right=2)))
    }
    assert list(comparisons) == ["AIME2025-I", "AIME2025-II", "OVERALL"]
    for subset in ("AIME2025-I", "OVERALL"):
        base, change = comparisons[subset].changes
        assert base is None
        assert change is not None
        assert change.questions == 10
        assert change.difference == pytest.approx(-0.3)
    assert comparisons["AIME2025-II"].changes == (None, None)  # none of its questions was answered
