"""Scores compared question by question."""

from __future__ import annotations

import pytest

from tasks.record.results import QuestionShare
from tasks.report.comparison.change import PairedChange
from tasks.report.comparison.compare_scores import compare_scores
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_notes import other_question_notes
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


EASY, HARD = "AIME2025-I", "AIME2025-II"


def asked(run_id: str, **right: list[int]) -> ComparedRun:
    """A run of these subsets, whose questions are numbered through all of them; every answer is "A"."""
    answers: list[QuestionShare] = []
    for subset, shares in right.items():
        for share in shares:
            facts = {"dataset": "aime25", "subset": subset, "question": len(answers), "target": "A"}
            answers.append(QuestionShare.model_validate({**facts, "answers": 1, "share": share}))
    return compared(run_id).model_copy(update={"answers": tuple(answers)})


def changes_of(base: ComparedRun, new: ComparedRun) -> dict[str, PairedChange | None]:
    """The change of each score."""
    return {score.key.subset: score.changes[1] for score in compare_scores((base, new))}


def test_more_questions_of_each_subset_are_paired_with_the_same_ones() -> None:
    # The same answers to the same questions: every easy one right, every hard one wrong.
    fewer = asked("a", **{EASY: [1, 1], HARD: [0, 0]})
    more = asked("b", **{EASY: [1, 1, 1, 1], HARD: [0, 0, 0, 0]})
    for base, new in ((fewer, more), (more, fewer)):
        for subset, questions in ((EASY, 2), (HARD, 2), ("OVERALL", 4)):
            change = changes_of(base, new)[subset]
            assert change is not None
            assert (change.difference, change.questions) == (0, questions)
    note = "aime25 OVERALL: B was asked another set of this name: 4 of A's 4 questions are among its 8"
    assert note in other_question_notes((fewer, more), compare_scores((fewer, more)))


def test_a_subset_alone_is_paired_with_itself_among_others() -> None:
    both = asked("a", **{EASY: [1, 1, 1], HARD: [0, 1, 0]})
    alone = asked("b", **{HARD: [0, 1, 1]})
    change = changes_of(both, alone)[HARD]
    assert change is not None
    assert change.difference == pytest.approx(1 / 3)
    assert change.questions == 3
    assert changes_of(both, alone)[EASY] is None


def test_a_first_question_that_is_missing_moves_no_other() -> None:
    # An imported answer without a judgement has no row.
    whole = asked("a", **{EASY: [1, 0, 1], HARD: [0, 1]})
    lacking = whole.model_copy(update={"answers": whole.answers[1:]})
    for subset, questions in ((EASY, 2), ("OVERALL", 4)):
        change = changes_of(whole, lacking)[subset]
        assert change is not None
        assert (change.difference, change.questions) == (0, questions)
