"""The journal: an answer is taken once, survives a kill, and says which run asked for it."""

from __future__ import annotations

from pathlib import Path

from tasks.measure.accuracy.answer_journal import AnswerJournal


def test_each_answer_is_taken_once(tmp_path: Path) -> None:
    first = AnswerJournal(tmp_path / "new" / "answers.jsonl", "run-1")
    assert first.take("question") is None
    first.add("question", {"text": "a"})
    first.add("question", {"text": "b"})
    second = AnswerJournal(tmp_path / "new" / "answers.jsonl", "run-2")
    assert second.take("another question") is None
    taken = [second.take("question") for _ in range(3)]
    assert [entry and (entry.asked_by, entry.output["text"]) for entry in taken] == [
        ("run-1", "a"),
        ("run-1", "b"),
        None,
    ]


def test_a_line_cut_short_is_left_out_and_others_follow_it(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    AnswerJournal(path, "run-1").add("question", {"text": "a"})
    whole = path.read_text()
    path.write_text(whole + whole[:20])
    AnswerJournal(path, "run-2").add("question", {"text": "b\u2028c"})
    journal = AnswerJournal(path, "run-3")
    texts = [entry.output["text"] for entry in (journal.take("question"), journal.take("question")) if entry]
    assert texts == ["a", "b\u2028c"]
    assert journal.take("question") is None


def test_without_a_file_nothing_is_kept() -> None:
    AnswerJournal(None, "run-1").add("question", {})
    assert AnswerJournal(None, "run-1").take("question") is None
