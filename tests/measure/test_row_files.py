"""Files of rows that a kill may cut short, and errors in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.row_files import one_line, read_rows, write_rows
from tests.measure.accuracy.made_up import sample


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = (sample(0, True), sample(1, False, response="two\nlines  "))
    write_rows(tmp_path / "rows", SampleRow, rows)
    assert tuple(read_rows(tmp_path / "rows", SampleRow)) == rows


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    write_rows(path, SampleRow, (sample(0, True), sample(1, True)))
    path.write_bytes(path.read_bytes()[:-20])
    assert [row.question for row in read_rows(path, SampleRow)] == [0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"error": {"message": "out of\\n memory", "code": 500}}', "out of memory"),
        ('{"detail": "Not Found"}', "Not Found"),
        ("Traceback (most recent call last):\n  File x\nOSError: gone\n", "OSError: gone"),
        ("plain\nand more", "plain"),
        ("the key sk-1 is wrong", "the key *** is wrong"),
        ("", "no reason given"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_an_error_is_one_line_without_secrets(text: str, line: str) -> None:
    assert one_line(text, lambda line: line.replace("sk-1", "***")) == line
