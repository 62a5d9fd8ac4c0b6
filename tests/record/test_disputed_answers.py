"""The answers about which the graders differ, read from the run that measured them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tasks.record.disputed_answers import disputed_answers
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy
from tests.record import made_up


def test_only_answers_that_both_graders_judged_differently_are_disputed(tmp_path: Path) -> None:
    score = made_up.score("default").model_copy(update={"disagreements": 1})
    measured = RecordedAccuracy(scores=(score,), run_id="run-1")
    samples = [
        replace(made_up.sample(1), second_correct=True),
        replace(made_up.sample(2, correct=False), second_answer="7", second_correct=True),
        made_up.sample(3, correct=False),
    ]
    record_accuracy(Store(tmp_path), "run-1", measured, samples)
    (disputed,) = disputed_answers(Store(tmp_path), (measured,))
    assert (disputed.question, disputed.second_answer) == (2, "7")
    agreed = measured.model_copy(update={"scores": (made_up.score(),)})
    assert disputed_answers(Store(tmp_path), (agreed,)) == ()
