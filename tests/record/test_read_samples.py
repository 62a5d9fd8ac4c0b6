"""The answers of a run as a page gets them: long texts are cut, and none is left out silently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tasks.measure.accuracy.sample_row import SampleRow
from tasks.record.read_samples import count_samples, read_samples, text_limit
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy
from tests.record import made_up


def recorded(store: Store, *samples: SampleRow, run_id: str = "run-1", name: str = "set") -> RecordedAccuracy:
    """A question set with these samples."""
    score = made_up.score().model_copy(update={"dataset": name})
    accuracy = RecordedAccuracy(scores=(score,), run_id=run_id)
    record_accuracy(store, run_id, accuracy, samples)
    return accuracy


def sample(question: int, correct: bool = True, **changes: object) -> SampleRow:
    return replace(made_up.sample(question, correct), **changes)  # type: ignore[arg-type]


def test_answers_come_by_set_question_and_repeat_from_the_runs_that_measured_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = recorded(store, sample(1, repeat=1), sample(1, repeat=0), sample(0), name="b")
    second = recorded(store, sample(0), run_id="run-0", name="a")
    recorded(store, sample(7), run_id="run-2", name="b")
    sets = (first, second, RecordedAccuracy(scores=(), run_id="run-1", error="made up"))
    read = read_samples(store, sets)
    found = [(each.row["dataset"], each.row["question"], each.row["repeat"]) for each in read.samples]
    assert found == [("b", 0, 1), ("b", 1, 0), ("b", 1, 1), ("a", 0, 1)]
    assert read.recorded == count_samples(store, sets) == 4


def test_long_texts_lose_their_middles(tmp_path: Path) -> None:
    store = Store(tmp_path)
    texts: dict[str, Any] = {"prompt": "p" * 10, "response": "h" * 500 + "t" * 500, "reasoning": "r" * 300}
    accuracy = recorded(store, sample(0, target="", answer=None, **texts))
    (only,) = read_samples(store, (accuracy,), most_characters=410).samples
    assert only.limit == 200
    assert only.row["response"] == "h" * 100 + "t" * 100
    assert only.row["reasoning"] == "r" * 200
    assert only.row["prompt"] == "p" * 10
    assert (only.lengths["response"], only.lengths["reasoning"], only.lengths["prompt"]) == (1000, 300, 10)
    assert only.lengths["error"] == 0


def test_answers_to_look_at_stay_where_there_are_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [
        sample(0),
        sample(1, correct=False),
        sample(2, finish_reason="length"),
        sample(3, second_correct=False),
        sample(4, error="HTTP 500"),
        sample(5),
    ]
    accuracy = recorded(store, *rows)
    read = read_samples(store, (accuracy,), most_samples=5)
    assert [each.row["question"] for each in read.samples] == [0, 1, 2, 3, 4]
    assert read.recorded == 6


def test_a_run_without_question_sets_has_no_answers(tmp_path: Path) -> None:
    assert read_samples(Store(tmp_path), ()) == ((), 0)
    assert count_samples(Store(tmp_path), ()) == 0


def test_the_limit_of_each_text_keeps_to_the_total() -> None:
    assert text_limit([], 100) == 0
    assert text_limit([10, 20, 30], 60) == 30
    assert text_limit([10, 20, 31], 60) == 30
    assert text_limit([10, 1000, 1000], 110) == 50
