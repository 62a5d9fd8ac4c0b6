"""How often each question was answered correctly."""

from __future__ import annotations

from pathlib import Path

from tasks.record.question_shares import question_shares
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy
from tests.record import made_up


def test_a_share_counts_all_answers_and_a_set_without_scores_has_none(tmp_path: Path) -> None:
    store, measured = Store(tmp_path), made_up.accuracy()
    samples = [made_up.sample(1, correct) for correct in (True, False)] + [made_up.sample(2)]
    record_accuracy(store, measured.run_id, measured, samples)
    failed = RecordedAccuracy(scores=(), run_id=measured.run_id, error="no answer")
    shares = question_shares(store, (failed, measured))
    assert [(share.question, share.answers, share.share) for share in shares] == [(1, 2, 0.5), (2, 1, 1.0)]
