"""How often each question was answered right."""

from __future__ import annotations

from pathlib import Path

from tasks.record.question_shares import question_shares
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy
from tests.record import made_up


def test_a_share_is_over_all_answers_and_a_set_that_was_not_asked_has_none(tmp_path: Path) -> None:
    store, asked = Store(tmp_path), made_up.accuracy()
    samples = [made_up.sample(1, correct) for correct in (True, False)] + [made_up.sample(2)]
    record_accuracy(store, asked.run_id, asked, samples)
    unasked = RecordedAccuracy(scores=(), run_id=asked.run_id, error="no answer")
    found = question_shares(store, (unasked, asked))
    assert [(each.question, each.answers, each.share) for each in found] == [(1, 2, 0.5), (2, 1, 1.0)]
