"""What a run shows while it goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows.run.run_warnings import RunWarnings
from flows.ui import console

WARNING = "GPU 0: 3.1 GB [of 80] are not free again"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is printed on the terminal."""
    out = io.StringIO()
    monkeypatch.setattr(console, "terminal", Console(file=out, width=200))
    return out


def test_a_warning_is_shown_and_kept(printed: io.StringIO) -> None:
    warnings = RunWarnings()
    with console.show_on_terminal():
        warnings.add("plan", "first")
        warnings.add("serve", WARNING)
    assert warnings.texts == ("first", WARNING)
    assert printed.getvalue() == f"plan       first\nserve      {WARNING}\n"


@pytest.mark.parametrize(
    "text", ["HTTP 400 [/INST] is no role", "[type=missing, input=1]", "[red]not red[/]"]
)
def test_markup_in_a_text_is_not_interpreted(text: str, printed: io.StringIO) -> None:
    with console.show_on_terminal():
        console.stage("sweep", text, "red")
    assert printed.getvalue() == f"sweep      {text}\n"


def test_control_characters_of_a_server_are_written_out(printed: io.StringIO) -> None:
    with console.show_on_terminal():
        console.stage("sweep", "\x1b]0;title\x07\x1b[2J \x9b31m \u202e \ud800 ok")
    assert printed.getvalue() == "sweep      \\x1b]0;title\\x07\\x1b[2J \\x9b31m \\u202e \\ud800 ok\n"


def test_nothing_is_printed_outside_of_a_command(printed: io.StringIO) -> None:
    with console.show_on_terminal():
        pass
    console.stage("sweep", "for Prefect's log alone")
    with console.bar("sweep", "throughput c1") as update:
        update(1, 2)
    assert printed.getvalue() == ""
