"""The report in the terminal and as Markdown."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from tasks.report.page.markdown import markdown
from tasks.report.page.terminal import print_report
from tests.record import made_up
from tests.report.made_up import report


def printed(width: int, **given: object) -> str:
    out = io.StringIO()
    print_report(report(**given), Console(file=out, width=width), "results/page.html")
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_no_figure_is_cut_or_broken(width: int) -> None:
    shown = printed(width)
    assert all(len(line) <= width for line in shown.splitlines() if "─" in line)
    for figure in ("573.1", "11.000", "1,100", "98.5", "0.909"):
        assert figure in shown.split(), figure


def test_tables_verdicts_warnings_and_places_are_all_there() -> None:
    shown = printed(120)
    for told in (
        "Sweep throughput", "suspect", "invalid", "reused from run-0", "Best configuration", "0.200 – 0.800",
        "warning: not tracked, made up", "results/page.html", "100: suspect: two waves, made up",
    ):  # fmt: skip
        assert told in shown, told


def test_text_that_looks_like_markup_is_shown_as_it_is() -> None:
    assert "warning: [red]made[/] up" in printed(120, warnings=("[red]made[/] up",))


def test_markdown_has_a_row_for_every_row() -> None:
    shown = markdown(report())
    assert "| Conc. | Requests | RPS (req/s) | Latency mean (s) |" in shown
    assert "| 100 | 200 | 8.95 | 11.000 | 22.000 | 573.1 |" in shown
    assert "- **Warning:** not tracked, made up" in shown
    assert "- 100: suspect: two waves, made up" in shown


def test_markdown_is_not_broken_by_what_a_server_says() -> None:
    nasty = made_up.run().model_copy(
        update={"manifest": made_up.run().manifest.model_copy(update={"model": "a|b\n<script>*x*"})}
    )
    shown = markdown(report(run=nasty))
    assert "a\\|b \\<script\\>\\*x\\*" in shown
    assert "<script>" not in shown


def test_the_terminal_report_loads_nothing_heavy() -> None:
    code = (
        "import sys, tasks.report.page.terminal, tasks.report.page.markdown;"
        "print({'matplotlib', 'polars', 'pyarrow', 'swanlab', 'prefect'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "set()"
