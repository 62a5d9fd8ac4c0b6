"""The report in the terminal."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from rich.console import Console

from tasks.report.page.terminal import print_report, print_tables
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, text_columns
from tasks.text import CONTROL
from tests.report.made_up import report, with_warnings


def printed(width: int, measured: ReportInput) -> str:
    """What a terminal of this width shows."""
    out = io.StringIO()
    print_report(measured, Console(file=out, width=width), "results/page.html")
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_no_figure_is_cut_or_broken(width: int) -> None:
    text = printed(width, report())
    assert all(len(line) <= width for line in text.splitlines() if "─" in line)
    for figure in ("573.1", "11.000", "1,100", "98.5", "0.909"):
        assert figure in text.split(), figure


@pytest.mark.parametrize(
    "expected",
    [
        "Sweep throughput", "suspect", "invalid", "reused from run-0", "Best configuration", "0.200 – 0.800",
        "warning: not tracked, made up", "results/page.html", "100: suspect: two waves, made up",
    ],
)  # fmt: skip
def test_tables_verdicts_warnings_and_paths_are_shown(expected: str) -> None:
    assert expected in printed(120, report())


def test_the_page_of_the_answers_is_named_where_there_are_answers() -> None:
    lines = printed(80, report(samples=3)).splitlines()
    assert lines[-2].split() == ["Answers", "results/samples.html"]
    assert "samples.html" not in printed(80, report())


def test_text_that_looks_like_markup_is_shown_as_it_is() -> None:
    assert "warning: [red]made[/] up" in printed(120, with_warnings("[red]made[/] up"))


def test_long_words_of_a_cell_are_broken_and_not_cut() -> None:
    """Two commits of a comparison may differ in their last characters alone."""
    out = io.StringIO()
    table = Table(
        title="Differences", columns=text_columns("", "A"), rows=(("git commit", "0123456789" * 9),)
    )
    print_tables((table,), Console(file=out, width=60))
    assert "".join(re.findall(r"\d+", out.getvalue())) == "0123456789" * 9


def test_control_characters_are_written_out() -> None:
    out = printed(120, with_warnings("\x1b]0;title\x07\x1b[2J\u202e"))
    assert r"warning: \x1b]0;title\x07\x1b[2J\u202e" in out
    assert not CONTROL.search(out)


def test_a_column_of_equal_cells_becomes_a_footnote() -> None:
    wide, narrow = printed(120, report()), printed(80, report())
    assert "  Model: made-up-model" in wide
    assert "  Success: 100 %" not in wide
    assert "  Success: 100 %" in narrow


def test_the_terminal_report_loads_nothing_heavy() -> None:
    code = (
        "import sys, tasks.report.page.terminal, tasks.report.page.markdown;"
        "print({'matplotlib', 'polars', 'pyarrow', 'swanlab', 'prefect'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "set()"
