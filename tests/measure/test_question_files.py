"""Question files: the bundled ones are right, wrong ones are refused with their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tasks.config.question_set import QuestionSet
from tasks.errors import InputError
from tasks.measure.question_files import check_question_set, check_questions, copy_questions
from tasks.measure.speed.prompts import questions_path, read_questions

SAMPLE = "deployments/questions/aime-format-sample"


def test_the_bundled_questions_are_many_and_differ() -> None:
    path = questions_path("openqa")
    assert path is not None
    assert check_questions(path) >= 120
    assert len(set(read_questions(path))) == check_questions(path)


def test_the_bundled_accuracy_sample_is_good() -> None:
    assert check_question_set(QuestionSet(path=str(checkout() / SAMPLE))) == 8


def test_a_set_without_a_folder_has_the_questions_of_the_hub() -> None:
    assert check_question_set(QuestionSet()) == 30


def test_empty_lines_are_not_counted(tmp_path: Path) -> None:
    line = '{"problem": "p", "answer": 42}\n'
    (tmp_path / "test.jsonl").write_text(f"{line}\n{line}")
    assert check_question_set(QuestionSet(path=str(tmp_path))) == 2


def test_a_line_separator_ends_no_line(tmp_path: Path) -> None:
    """JSON may hold U+2028 as it is; what was checked is what is read."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "first\u2028second"}\n', encoding="utf-8")
    assert check_questions(path) == 1
    assert read_questions(path) == ("first\u2028second",)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    """Windows editors write one, and JSON refuses it."""
    sweep, question_set = tmp_path / "questions.jsonl", tmp_path / "test.jsonl"
    sweep.write_text('{"question": "first"}\r\n{"question": "second"}\r\n', encoding="utf-8-sig")
    assert check_questions(sweep) == 2
    assert read_questions(sweep) == ("first", "second")
    question_set.write_text('{"problem": "p", "answer": 42}\n', encoding="utf-8-sig")
    assert check_question_set(QuestionSet(path=str(tmp_path))) == 1
    copy_questions(QuestionSet(path=str(tmp_path)), tmp_path / "copy")
    assert json.loads((tmp_path / "copy/test.jsonl").read_text()) == {"problem": "p", "answer": "42"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"question": "a"}\n{"query": "b"}\n', "line 2 has no `question`"),
        ('{"question": "a"}\n\n{"question": \n', "line 3 is no JSON"),
        ("[1]\n", "line 1 is no JSON object"),
        ('{"question": " "}\n', "line 1 has no `question`"),
        ("\n", "holds no questions"),
    ],
)
def test_a_wrong_question_file_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        check_questions(path)


def test_a_missing_question_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        check_questions(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ({"problem": "p"}, "line 1 has no `answer`"),
        ({"problem": "p", "answer": ""}, "line 1 has no `answer`"),
        ({"problem": "p", "answer": True}, "line 1 has no `answer`"),
        ({"answer": "1"}, "line 1 has no `problem`"),
    ],
)
def test_a_wrong_accuracy_set_is_refused(tmp_path: Path, record: dict[str, object], what: str) -> None:
    (tmp_path / "test.jsonl").write_text(json.dumps(record))
    with pytest.raises(InputError, match=what):
        check_question_set(QuestionSet(path=str(tmp_path)))


def test_numbers_become_text_in_the_copy(tmp_path: Path) -> None:
    (tmp_path / "test.jsonl").write_text(
        '{"problem": "p", "answer": 42, "more": 1}\n\n{"problem": "q", "answer": " 7 "}'
    )
    copy_questions(QuestionSet(path=str(tmp_path)), tmp_path / "copy")
    lines = (tmp_path / "copy/test.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"problem": "p", "answer": "42"},
        {"problem": "q", "answer": "7"},
    ]


def test_a_folder_that_is_not_there_is_named_with_what_belongs_into_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"question set q: there is no folder .*/nosuch/q") as no_folder:
        check_question_set(QuestionSet(path=str(tmp_path / "nosuch/q")))
    assert no_folder.value.remedy == "give `path` a folder that holds test.jsonl"
    (tmp_path / "other.jsonl").write_text("{}")
    with pytest.raises(InputError, match=r"there is no file .*/test\.jsonl") as no_file:
        check_question_set(QuestionSet(path=str(tmp_path)))
    assert no_file.value.remedy.startswith("put the questions into test.jsonl of that folder")
