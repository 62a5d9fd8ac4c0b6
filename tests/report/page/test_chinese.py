"""The page in Chinese: nothing that it says lacks its translation."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.config.home import checkout
from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.report.page.chinese import CHINESE, in_both_languages, in_chinese
from tasks.report.page.comparison_page import render_comparison
from tasks.report.page.html import render_page
from tasks.report.page.sample_view import MARKS, TITLES, VERDICTS
from tasks.report.page.tiles import TILE_FIGURES
from tasks.report.report_input import TimelineCurve
from tasks.report.run_summary import headline, manifest_pairs
from tasks.report.timeline import CURVES
from tests.report.comparison.compared_runs import compared
from tests.report.made_up import report, with_conversations, with_requests

REPORT = checkout() / "tasks" / "report"
SAME = re.compile(r"(P\d+|TTFT|TPOT|ITL|ms|s|W|%|tok/s|req/s|[\d.,#/× –s]+|aime25|AIME2025-I+|OVERALL)+")
"""Words that are the same in both languages: abbreviations, units, numbers, made-up question sets."""


def untranslated(texts: Iterator[str] | set[str]) -> list[str]:
    """The texts that have no translation and need one."""
    needed = {text for text in texts if not all(SAME.fullmatch(word) for word in text.split())}
    return sorted(text for text in needed if in_chinese(text) is None)


def with_every_chart() -> Any:
    """A made-up report with single requests and every curve of telemetry."""
    curves = [
        TimelineCurve(panel=curve.panel, name=curve.name, seconds=(0, 1), values=(1, 2)) for curve in CURVES
    ]
    return with_conversations(with_requests(report(timeline=tuple(curves))))


def shown_by(spec: Any) -> Iterator[str]:
    """Titles of axes and tooltips, and names in legends."""
    if isinstance(spec, list):
        for part in spec:
            yield from shown_by(part)
    elif isinstance(spec, dict):
        for key, part in spec.items():
            if key == "title" and isinstance(part, str):
                yield part
            elif key == "domain" and isinstance(part, list):
                yield from (name for name in part if isinstance(name, str))
            elif key != "data":
                yield from shown_by(part)


def test_the_words_of_every_chart_are_translated() -> None:
    page = render_page(with_every_chart())
    found = re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL)
    assert found
    charts = json.loads(found[1])["charts"]
    assert len(charts) > 30
    assert untranslated({text for chart in charts.values() for text in shown_by(chart["spec"])}) == []


@pytest.mark.parametrize(("name", "most"), [("page", 25), ("samples", 20), ("comparison", 2), ("trend", 0)])
def test_the_words_of_the_template_are_translated(name: str, most: int) -> None:
    template = (REPORT / "page" / f"{name}.html.j2").read_text(encoding="utf-8")
    found = re.findall(r"\{\{ '((?:[^'\\]|\\.)+)'\|(?:both|chinese)", template)
    texts = {text.replace("\\'", "'") for text in found}
    assert len(texts) > most
    assert untranslated(texts) == []


def test_the_words_about_an_answer_are_translated() -> None:
    page = (REPORT / "page" / "sample_view.py").read_text(encoding="utf-8")
    facts = set(re.findall(r'^        "([^"]+)": ', page.split("def _facts")[1], re.MULTILINE))
    assert {"Finish reason", "Tries"} <= facts
    assert untranslated(facts | {*TITLES.values(), *MARKS.values(), *VERDICTS} - {"EvalScope"}) == []


def test_the_words_of_every_figure_table_and_tile_are_translated() -> None:
    measured = report()
    names = {name for name, _ in (*headline(measured), *manifest_pairs(measured))}
    assert untranslated({figure.header for figure in FIGURES} | names | set(TILE_FIGURES)) == []
    assert untranslated(set(column_names())) == []


def column_names() -> Iterator[str]:
    """The names of columns in the code of the tables."""
    for file in (REPORT / "tables").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                named = {"Column": node.keywords[:1], "text_columns": (), "numeric_columns": ()}
                if node.func.id in named:
                    values = [*node.args, *(keyword.value for keyword in named[node.func.id])]
                    yield from (str(each.value) for each in values if isinstance(each, ast.Constant))


def test_figures_of_a_comparison_are_translated_in_its_table_and_titles() -> None:
    page = render_comparison((compared("a"), compared("b", speed=1.2)))
    assert '<span class="zh" lang="zh-CN">每秒请求数（req/s）：变化</span>' in page
    assert (
        '<td><span class="en">RPS (req/s)</span><span class="zh" lang="zh-CN">每秒请求数（req/s）</span></td>'
        in page
    )


def test_a_note_on_failed_requests_leaves_no_english_between_its_numbers() -> None:
    note = "chat c8: 3 of 10 requests failed in B, 0 of 1,000 in A: figures are of the others"
    assert in_chinese(note) == "chat c8：失败的请求 3 / 10 个（B）、0 / 1,000 个（A）：数据只含其余请求"


def test_a_sweep_that_has_the_name_of_a_word_keeps_it() -> None:
    assert in_chinese("Sweep mean cost") == "扫描 mean：成本"


def test_headings_captions_and_notes_are_in_both_languages() -> None:
    """What is left in English alone are sentences of checks, warnings and bounds."""
    page = render_page(with_every_chart())
    for heading in re.findall(r"<h[23]>(.*?)</h[23]>", page) + re.findall(
        r"<strong>([^<].*?)</strong>", page
    ):
        text = re.sub(r"<.*?>", "", heading)
        assert 'class="zh"' in heading or SAME.fullmatch(text) or not re.search(r"[a-z]{4}", text), heading


@pytest.mark.parametrize("text", CHINESE)
def test_a_translation_has_as_many_names_as_its_text(text: str) -> None:
    assert CHINESE[text].count("{}") == text.count("{}")


def test_a_text_with_a_name_in_it_is_escaped_in_both_languages() -> None:
    english = '<span class="en">Sweep &lt;b&gt; cost</span>'
    chinese = '<span class="zh" lang="zh-CN">扫描 &lt;b&gt;：成本</span>'
    assert str(in_both_languages("Sweep <b> cost")) == english + chinese
    assert str(in_both_languages("<i>")) == "&lt;i&gt;"
