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
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
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
    assert page.tags.count("svg") == 15  # two sweeps of 4 panels, two of 3, and the scores
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
    assert "· 1 valid, 1 unchecked, 1 suspect in all" in page.texts
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
    assert '<span class="soft">Note:</span> two waves, made up' in page


def test_the_page_loads_nothing_from_outside() -> None:
    page = render_page(report())
    assert not re.search(r"<(script|link|img|iframe|image)\b|@import|url\((?!#)", page)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_no_text_of_a_run_becomes_html() -> None:
    nasty = '"><script>alert(1)</script>'
    run = made_up.run().model_copy(update={"spec": nasty, "run_id": nasty, "warnings": (nasty,)})
    point = made_up.recorded(made_up.point(nasty), nasty, Verdict(verdict="suspect", reasons=(nasty,)))
    score = made_up.score(nasty + "$x_1$")
    accuracy = made_up.accuracy().model_copy(update={"scores": (score,)})
    page = render_page(report(run=run, points=(point,), accuracy=(accuracy,), results_path=nasty))
    assert "script" not in Reader(page).tags
    assert nasty in " ".join(Reader(page).texts)


def test_control_characters_are_written_out() -> None:
    run = made_up.run().model_copy(update={"warnings": ("\x1b[2J \u202e",)})
    page = render_page(report(run=run))
    assert "\\x1b[2J \\u202e" in page
    assert not CONTROL.search(page)


def test_a_run_without_any_figures_still_has_a_page() -> None:
    run = made_up.run().model_copy(update={"warnings": ()})
    page = Reader(render_page(report(run=run, points=(), accuracy=())))
    assert page.tags.count("svg") == 0
    assert "Measured with" in page.texts


def test_the_same_report_gives_the_same_page(tmp_path: Path) -> None:
    path = write_page(report(), tmp_path / "deep" / "page.html")
    assert path.read_text(encoding="utf-8") == render_page(report())
    assert [entry.name for entry in path.parent.iterdir()] == ["page.html"]


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordError, match=r"page\.html"):
        write_page(report(), tmp_path / "file" / "page.html")
