"""Warnings and errors of a log are passed on while it grows; the rest stays in the file."""

from __future__ import annotations

from pathlib import Path

from flows.ui.log_follow import MOST, follow_log


def test_what_is_serious_is_passed_on_with_its_level(tmp_path: Path) -> None:
    log, heard = tmp_path / "server.log", list[tuple[str, str]]()
    log.write_text("ERROR from an earlier start\n")
    with follow_log(log, lambda level, line: heard.append((level, line))), log.open("a") as file:
        file.write(
            "INFO 11-25 ready\nWARNING 11-25 [x.py:1] slow\n(EngineCore) ERROR out of memory\nERRORS: 0\n"
        )
        file.write("ERROR half a line")
    assert heard == [
        ("warning", "WARNING 11-25 [x.py:1] slow"),
        ("error", "(EngineCore) ERROR out of memory"),
    ]


def test_a_log_that_comes_later_and_never_ends_its_warnings(tmp_path: Path) -> None:
    log, heard = tmp_path / "server.log", list[str]()
    with follow_log(log, lambda level, line: heard.append(line)):
        log.write_text("WARNING again\n" * (MOST + 50))
    assert len(heard) == MOST + 1
    assert str(log) in heard[-1]
