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


def test_the_files_of_other_runs_are_read_first_and_left_as_they_are(tmp_path: Path) -> None:
    files = [tmp_path / f"run-{number}.jsonl" for number in (1, 2, 3)]
    AnswerJournal(files[0], "run-1").add("question", {"text": "a"})
    AnswerJournal(files[1], "run-2").add("question", {"text": "b"})
    going_on = files[1].read_text() + '{"prompt": "half'
    files[1].write_text(going_on)
    journal = AnswerJournal(files[2], "run-3", files[:2])
    journal.add("question", {"text": "c"})
    taken = [journal.take("question") for _ in range(3)]
    assert [entry.asked_by for entry in taken if entry] == ["run-1", "run-2"]
    assert files[1].read_text() == going_on
    assert AnswerJournal(files[2], "run-3", files[:2]).take("another") is None
