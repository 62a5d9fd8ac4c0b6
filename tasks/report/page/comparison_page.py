"""Writes a comparison of several runs as one self-contained HTML page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tasks.report.charts.comparison_charts import COMPARISON_CHARTS
from tasks.report.comparison import definition_table, difference_table
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.page.html import environment, page_parts
from tasks.report.page.page_data import place
from tasks.report.page.page_file import write_html
from tasks.report.page.sections import Section, all_charts

SETTINGS = (difference_table.TITLE, definition_table.TITLE)
"""Tables of what the runs were measured with."""


def page_name(runs: Sequence[ComparedRun]) -> str:
    """Return the file's name in the folder of the last run. The same runs have the same name again."""
    ids = [run.report.run.run_id for run in runs]
    if len(ids) == 2:
        return f"compared-with-{ids[0]}.html"
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:8]
    return f"compared-{len(ids)}-runs-{digest}.html"


def write_comparison(runs: Sequence[ComparedRun], path: Path) -> Path:
    """Write the page to `path` atomically and return `path`.

    Raises:
        RecordError: the page cannot be written.
    """
    return write_html(render_comparison(runs), path, "free some space or choose another file with --page")


def render_comparison(runs: Sequence[ComparedRun]) -> str:
    """Return the page as HTML, with every text of the runs escaped."""
    placed = place(_sections(runs))
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            runs=[(letter, run.variant, run.report.run) for letter, run in zip(LETTERS, runs, strict=False)],
            sections=placed,
            **page_parts(placed),
        )
    )


def _sections(runs: Sequence[ComparedRun]) -> list[Section]:
    """Return a section for each table, with the charts of its title; the settings that differ come last."""
    sections = []
    for table in comparison_tables(runs):
        charts = all_charts(entry.draw(runs) for entry in COMPARISON_CHARTS if entry.title == table.title)
        sections.append(Section(table.title, charts, (table,)))
    return sorted(sections, key=lambda section: section.title in SETTINGS)
