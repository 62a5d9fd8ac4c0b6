"""The sections of the page: which charts and tables stand together."""

from __future__ import annotations

from tasks.report.page.sections import chart_sections, table_sections
from tasks.report.report_input import TimelineCurve
from tests.report.made_up import report


def test_a_sweep_has_one_section_and_every_other_table_its_own() -> None:
    sections = {section.title: section for section in table_sections(report())}
    assert list(sections) == [
        *(f"Sweep {name}" for name in ("throughput", "one-load", "twice", "again", "broken")),
        *("Saturation", "Best configuration", "Accuracy"),
    ]
    titles = [table.title for table in sections["Sweep twice"].tables]
    assert titles == ["Sweep twice", "Sweep twice repeats"]
    counts = {title: len(section.charts) for title, section in sections.items()}
    assert (counts["Sweep twice"], counts["Sweep broken"]) == (4, 0)
    assert (counts["Saturation"], counts["Accuracy"]) == (0, 1)


def test_a_chart_without_a_table_has_a_section_with_its_note() -> None:
    assert chart_sections(report()) == []
    curve = TimelineCurve(panel="GPU power, W", name="", seconds=(0, 1), values=(1, 2))
    (section,) = chart_sections(report(timeline=(curve,)))
    assert section.title == "Requests, server, GPUs and machine during the run"
    assert section.note.endswith("the table telemetry.")
