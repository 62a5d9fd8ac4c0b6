"""The page of a comparison."""

from __future__ import annotations

import re
from pathlib import Path

from tasks.report.comparison.comparison_tables import comparison_tables
from tasks.report.comparison.judged_runs import with_variants
from tasks.report.page.chinese import in_chinese
from tasks.report.page.comparison_page import render_comparison, write_comparison
from tests.report.comparison.compared_runs import compared, with_knee
from tests.report.page.test_html import Reader


def test_the_page_has_the_charts_above_their_table_and_the_settings_last() -> None:
    page = Reader(render_comparison([compared("run-a"), compared("run-b", speed=1.1)]))
    assert page.open == []
    headings = [page.texts.index(title) for title in ("Speed side by side", "Accuracy side by side")]
    assert headings == sorted(headings)
    for text in ("run-a", "run-b", "RPS (req/s): change", "Scores: change"):
        assert text in page.texts, text


def test_the_knees_come_first_and_their_words_are_in_both_languages() -> None:
    highest = with_knee(compared("run-a"), knee=64, low=64, high=None, reason="highest level")
    text = render_comparison([highest, with_knee(compared("run-b", speed=1.1))])
    headings = re.findall(r'<h2><span class="en">(.*?)</span>', text)
    assert headings[:3] == ["Saturation", "Speed side by side", "Accuracy side by side"]
    assert '<span class="en">at least 64</span><span class="zh" lang="zh-CN">至少 64</span>' in text
    assert (
        '<span class="en">≤ -70.3 % worse</span><span class="zh" lang="zh-CN">≤ -70.3 % 更差</span>' in text
    )


def test_no_text_of_a_run_becomes_html(tmp_path: Path) -> None:
    nasty = '"><script>alert(1)</script>'
    path = write_comparison([compared(nasty), compared("run-b")], tmp_path / "page.html")
    page = path.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert Reader(page).tags.count("script") == 3


def test_the_notes_of_changes_are_in_both_languages() -> None:
    runs = [compared("run-a"), compared("run-b", speed=1.1), compared("run-c", repeats=1)]
    notes = {note for table in comparison_tables(runs) for note in table.footnotes}
    assert len(notes) > 3
    assert [note for note in notes if in_chinese(note) is None and "run-" not in note] == []


def test_a_named_variant_stands_before_its_run() -> None:
    runs = with_variants([compared("run-a"), compared("run-b")], ["on gpu-box", "on cpu-box"])
    page = render_comparison(runs)
    assert "<strong>on gpu-box</strong> · run-a" in page
    assert "<strong>on cpu-box</strong> · run-b" in page
