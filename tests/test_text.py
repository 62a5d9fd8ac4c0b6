"""The small pieces of text that every stage writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.text import (
    READ_LIMIT_BYTES,
    between_markers,
    did_you_mean,
    gigabytes,
    last_lines,
    printable,
    read_end,
    status_and_message,
    tail,
)


def test_the_end_of_a_log_from_a_byte_on(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("first\nsecond\nthird\n")
    assert tail(log, 2) == "second\nthird"
    assert tail(log, 5, start=len("first\n")) == "second\nthird"
    assert tail(tmp_path / "missing.log", 5) == ""


def test_only_the_end_of_a_large_file_is_read(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"x" * READ_LIMIT_BYTES + b"end\xff")
    assert len(read_end(log)) == READ_LIMIT_BYTES
    assert read_end(log).endswith("end\ufffd")


def test_last_lines_of_a_text() -> None:
    assert last_lines("\none\ntwo\n\n", 1) == "two"
    assert last_lines("", 3) == ""


def test_the_nearest_name_is_suggested() -> None:
    assert did_you_mean("smokee", {"smoke", "endpoint"}) == "did you mean smoke? "
    assert did_you_mean("zzz", {"smoke"}) == ""


def test_gigabytes_have_one_digit() -> None:
    assert gigabytes(2_400_000_000) == "2.4 GB"


def test_control_characters_are_written_out_and_lines_stay() -> None:
    assert printable("a\r\nb\tc\n") == "a\nb\tc\n"
    assert printable("\x1b[2J\r\x00\x9b\u202e\udc80é漢") == r"\x1b[2J\r\x00\x9b\u202e\udc80é漢"


def test_what_stands_between_two_markers_is_replaced() -> None:
    assert between_markers("a <b>\nold\n<e> z", "<b>", "<e>", "new") == "a <b>\nnew\n<e> z"
    with pytest.raises(ValueError, match="the page has no <b> … <e>"):
        between_markers("<e> before <b>", "<b>", "<e>", "new")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no such model", "404: no such model"),
        ("404: Not Found", "404: Not Found"),
        ("404 page not found", "404: page not found"),
        ("404", "404"),
        ("", "404"),
        ("4040 tokens are too many", "404: 4040 tokens are too many"),
        ("500: from behind the gateway", "404: 500: from behind the gateway"),
    ],
)
def test_a_status_is_said_once(message: str, expected: str) -> None:
    assert status_and_message(404, message) == expected
