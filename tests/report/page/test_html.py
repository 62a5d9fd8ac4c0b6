"""The page: one file that loads nothing from outside, and in which no text of a run becomes HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tasks.audit.verdict import Verdict
from tasks.errors import RecordError
from tasks.report.page.html import render_page, write_page
from tasks.text import CONTROL
from tests.record import made_up
from tests.report.made_up import report


class Reader(HTMLParser):
    """The tags and texts of a page; `open` holds the tags that are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.classes: list[str | None] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.classes.append(dict(attrs).get("class"))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_the_page_is_complete() -> None:
    page = Reader(render_page(report()))
    assert page.open == []
    charts = 4 + 3 + 4 + 3 + 1  # two sweeps over their load, two of one load, and the scores
    assert page.classes.count("chart") == charts
    for text in (
        "573.1",
        "suspect",
        "two waves, made up",
        "Source: reused from run-0",
        "Made-up CPU (2 CPUs)",
        "0.500",
    ):
        assert text in page.texts, text


def test_every_check_of_a_point_can_be_unfolded() -> None:
    page = Reader(render_page(report()))
    assert page.tags.count("details") == 1
    assert {"1 valid, 1 unchecked, 1 suspect", "1 有效，1 未检查，1 存疑"} <= set(page.texts)
    assert page.texts.count("client_delay") == page.texts.count("late, made up") == 3
    assert {"0.02", "0.01"} <= set(page.texts)


def test_each_reason_and_note_is_on_the_page_once() -> None:
    verdict = Verdict(
        verdict="suspect",
        reasons=("late, made up",),
        notes=("two waves, made up",),
        checks=(
            made_up.check(),
            made_up.check("valid").model_copy(update={"sentence": "two waves, made up"}),
        ),
    )
    page = render_page(report(points=(made_up.recorded(made_up.point(), verdict=verdict),)))
    assert page.count("late, made up") == page.count("two waves, made up") == 1
    assert 'lang="zh-CN">说明：</span></span> two waves, made up' in page


def test_the_page_loads_nothing_from_outside() -> None:
    page = render_page(report())
    assert not re.search(r"<(img|iframe|image)\b|\bsrc=|@import|url\((?!#)", page)
    assert re.findall(r"<link[^>]*>", page) == ['<link rel="icon" href="data:,">']
    assert re.findall(r"https?://[^\s\"'<]+", page) == []


def test_no_text_of_a_run_becomes_html() -> None:
    nasty = '"><script>alert(1)</script>'
    run = made_up.run().model_copy(update={"spec": nasty, "run_id": nasty, "warnings": (nasty,)})
    point = made_up.recorded(made_up.point(nasty), nasty, Verdict(verdict="suspect", reasons=(nasty,)))
    score = made_up.score(nasty + "$x_1$")
    accuracy = made_up.accuracy().model_copy(update={"scores": (score,)})
    page = render_page(report(run=run, points=(point,), accuracy=(accuracy,), results_path=nasty))
    assert Reader(page).tags.count("script") == 3  # the data, the library, and what draws
    assert "<script>alert" not in page
    assert nasty in " ".join(Reader(page).texts)


def test_control_characters_are_written_out() -> None:
    run = made_up.run().model_copy(update={"warnings": ("\x1b[2J \u202e",)})
    page = render_page(report(run=run))
    assert "\\x1b[2J \\u202e" in page
    assert not CONTROL.search(page)


def test_a_run_without_any_figures_still_has_a_page() -> None:
    run = made_up.run().model_copy(update={"warnings": ()})
    page = Reader(render_page(report(run=run, points=(), accuracy=())))
    assert page.classes.count("chart") == 0
    assert "Measured with" in page.texts


def test_the_same_report_gives_the_same_page(tmp_path: Path) -> None:
    path = write_page(report(), tmp_path / "deep" / "page.html")
    assert path.read_text(encoding="utf-8") == render_page(report())
    assert [entry.name for entry in path.parent.iterdir()] == ["page.html"]


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordError, match=r"page\.html"):
        write_page(report(), tmp_path / "file" / "page.html")
