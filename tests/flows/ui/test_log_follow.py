"""Warnings and errors of a log are passed on while it is written; other lines stay in the file."""

from __future__ import annotations

from pathlib import Path

from flows.ui.log_follow import MOST_LINES, follow_log


def test_warnings_and_errors_are_passed_on_with_their_level(tmp_path: Path) -> None:
    log, lines = tmp_path / "server.log", list[tuple[str, str]]()
    log.write_text("ERROR from an earlier start\n")
    with follow_log(log, lambda level, line: lines.append((level, line))), log.open("a") as file:
        file.write(
            "INFO 11-25 ready\nWARNING 11-25 [x.py:1] slow\n(EngineCore) ERROR out of memory\nERRORS: 0\n"
        )
        file.write("ERROR half a line")
    assert lines == [
        ("warning", "WARNING 11-25 [x.py:1] slow"),
        ("error", "(EngineCore) ERROR out of memory"),
    ]


def test_a_log_that_is_created_later_with_more_lines_than_are_passed_on(tmp_path: Path) -> None:
    log, lines = tmp_path / "server.log", list[str]()
    with follow_log(log, lambda level, line: lines.append(line)):
        log.write_text("".join(f"WARNING {number}\n" for number in range(MOST_LINES + 50)))
    assert len(lines) == MOST_LINES + 1
    assert str(log) in lines[-1]


def test_a_repeated_warning_is_passed_on_once_and_errors_always(tmp_path: Path) -> None:
    log, lines = tmp_path / "server.log", list[str]()
    with follow_log(log, lambda level, line: lines.append(line)):
        log.write_text(
            "(APIServer pid=1) WARNING 11-26 19:17:19 [vllm.py:725] Model  Runner V2\n"
            "(Worker pid=2) WARNING 11-26 19:17:45 [vllm.py:725] Model Runner V2\n"
            "2026-11-26 19:18:25,439 - math_verify.parser - WARNING: Timeout is disabled\n"
            "2026-11-26 19:18:25,440 - math_verify.parser - WARNING: Timeout is disabled\n"
            "ERROR 11-26 19:18:28 at line 1\nERROR 11-26 19:18:28 at line 1\n"
        )
    assert lines == [
        "(APIServer pid=1) WARNING 11-26 19:17:19 [vllm.py:725] Model Runner V2",
        "2026-11-26 19:18:25,439 - math_verify.parser - WARNING: Timeout is disabled",
        *["ERROR 11-26 19:18:28 at line 1"] * 2,
    ]


def test_the_log_of_a_server_that_was_started_early_is_passed_on_from_its_start(tmp_path: Path) -> None:
    log, lines = tmp_path / "server.log", list[str]()
    log.write_text("WARNING before\n")
    with follow_log(log, lambda level, line: lines.append(line), from_start=True), log.open("a") as file:
        file.write("WARNING inside\n")
    assert lines == ["WARNING before", "WARNING inside"]
