"""Time, energy and cost of the right answers of a question set, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.score_costs import answering_time, with_costs
from tasks.measure.accuracy.score_price import with_price
from tasks.measure.accuracy.scores import Score, score_rows
from tasks.probe.reading import Reading
from tests.measure.accuracy.made_up import sample

START = datetime(2026, 1, 2, tzinfo=UTC)
QUESTIONS = QuestionSet(path="/questions/mine")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def asked(question: int, correct: bool, sent: float, took: float, **fields: Any) -> SampleRow:
    """An answer that was sent at a second and took some seconds."""
    return sample(question, correct, sent_at=at(sent), latency_s=took, asked_by="run-1", **fields)


def watts(value: float, end: int, gpu: int = 0) -> list[Reading]:
    """The power of a GPU, once a second."""
    return [Reading(at(second), "gpu", f"power_w_gpu{gpu}", value) for second in range(end + 1)]


def costs(
    rows: list[SampleRow], readings: list[Reading] | None = None, price: float | None = None, **settings: Any
) -> Score:
    """The last score of these answers."""
    question_set = QuestionSet.model_validate({"path": "/questions/mine"} | settings)
    return with_costs(score_rows(question_set, rows), rows, readings or [], price)[-1]


def test_the_time_is_that_in_which_an_answer_was_under_way() -> None:
    rows = [asked(0, True, 0, 10), asked(1, True, 5, 10), asked(2, False, 18, 2), asked(3, False, 60, 1)]
    spans = answering_time(rows)
    assert [(span.start, span.end) for span in spans] == [
        (at(0), at(15)), (at(18), at(20)), (at(60), at(61)),
    ]  # fmt: skip
    assert costs(rows).busy_s == 18
    assert costs(rows, watts(300, 61)).energy_j == pytest.approx(300 * 18)


def test_energy_and_cost_are_shared_among_the_right_answers() -> None:
    rows = [asked(0, True, 0, 10), asked(1, True, 0, 20), asked(2, False, 0, 20)]
    score = costs(rows, watts(300, 20) + watts(100, 20, gpu=1), price=3.6)
    assert score.correct == 2
    assert score.energy_j == pytest.approx(400 * 20)
    assert score.energy_per_correct_j == pytest.approx(4000)
    assert score.cost_per_correct == pytest.approx(0.001 * 20 / 2)
    assert score.cost_doubts == ()


def test_what_is_not_known_has_no_figure() -> None:
    rows = [asked(0, True, 0, 10), asked(1, True, 20, 10)]
    alone = costs(rows)
    assert (alone.energy_j, alone.energy_per_correct_j, alone.cost_per_correct) == (None, None, None)
    first_span_only = costs(rows, watts(300, 11))
    assert first_span_only.energy_j is None
    silent = costs(rows, [*watts(300, 30), Reading(at(1), "gpu", "utilization_share_gpu1", 1.0)])
    assert silent.energy_j is None  # the other GPU does not tell its power
    wrong = costs([asked(0, False, 0, 10)], watts(300, 10), price=3.6)
    assert (wrong.energy_j, wrong.energy_per_correct_j, wrong.cost_per_correct) == (3000, None, None)


def test_answers_of_earlier_versions_tell_no_time() -> None:
    rows = [asked(0, True, 0, 10), sample(1, True)]
    assert answering_time(rows) == []
    assert costs(rows, watts(300, 10), price=1.0).busy_s is None
    assert with_costs((), [], [], 1.0) == ()


def test_only_the_whole_set_has_a_time() -> None:
    rows = [asked(0, True, 0, 10, subset="A"), asked(1, True, 0, 10, subset="B")]
    scores = with_costs(score_rows(QUESTIONS, rows), rows, watts(300, 10), 3.6)
    assert [score.busy_s for score in scores] == [None, None, 10]
    assert [score.cost_per_correct is None for score in scores] == [True, True, False]


def test_a_reused_score_gets_todays_price() -> None:
    score = costs([asked(0, True, 0, 10)], watts(300, 10), price=3.6)
    assert with_price(score, 36.0).cost_per_correct == pytest.approx(0.1)
    assert with_price(score, None).cost_per_correct is None
    assert with_price(score, None).energy_per_correct_j == 3000


def test_doubtful_figures_say_why() -> None:
    rows = [
        asked(0, True, 0, 10, tries=2),
        sample(1, False, asked_by="run-0", sent_at=at(0), latency_s=1.0),
        sample(2, False, error="HTTP 500", latency_s=None),
    ]
    foreign = [*watts(300, 10), Reading(at(1), "gpu", "foreign_processes_gpu0", 1.0)]
    assert costs(rows, foreign, under_load={"concurrency": 4}).cost_doubts == (
        "the server also answered the load's requests",
        "the time of failed answers (1) is not in it",
        "the time of failed tries for 1 of the answers is not in it",
        "some answers are of an earlier run, and what it had under way at its end is not in it",
        "another process computed on the server's GPUs",
    )
