"""The page of samples: every answer is on it, no text of a model becomes HTML, and long texts are cut."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import score_rows
from tasks.record.read_samples import TEXTS, ReadSample, ReadSamples, read_samples
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy
from tasks.report.page.html import render_page
from tasks.report.page.sample_view import common_start, sample_view
from tasks.report.page.samples_page import render_samples, write_samples_page
from tasks.report.report_input import ReportInput
from tasks.text import CONTROL
from tests.measure.accuracy.made_up import sample
from tests.report.made_up import report

VOID = ("meta", "link", "input")
"""Tags that have no end."""
NASTY = "</div></details></script><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[2J\u202e"


class Reader(HTMLParser):
    """The tags and texts of a page. It fails at a tag that is closed by another."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def read_sample(row: SampleRow, limit: int = 1000) -> ReadSample:
    """A sample as the tables hold it, none of its texts longer than `limit`."""
    values: dict[str, Any] = {"run_id": "run-1", "dataset": "mine", **asdict(row)}
    return ReadSample(values, {text: len(values[text] or "") for text in TEXTS}, limit)


def page_of(*rows: SampleRow, **settings: Any) -> str:
    """The page of one question set with these answers."""
    return render_samples(*_page_input(rows, **settings))


def _page_input(rows: tuple[SampleRow, ...], **settings: Any) -> tuple[ReportInput, ReadSamples]:
    question_set = QuestionSet.model_validate({"path": "/questions/mine"} | settings).combinations()[0]
    accuracy = RecordedAccuracy(scores=score_rows(question_set, rows), run_id="run-1")
    samples = [read_sample(row) for row in rows]
    for each in samples:
        each.row["dataset"] = question_set.set_name
    return report(accuracy=(accuracy,), samples=len(rows)), ReadSamples(tuple(samples), len(rows))


def test_every_answer_is_on_the_page_with_its_facts() -> None:
    rows = (
        sample(0, True, response="The first answer", ttft_s=0.25, first_answer_s=2.5, output_tokens=1200),
        sample(1, False, response="The second", reasoning="Let me think", finish_reason="length"),
        sample(2, False, error="HTTP 500: made up", finish_reason=None, latency_s=None),
    )
    page = Reader(page_of(*rows))
    assert page.open == []
    assert page.tags.count("details") == 4  # three answers, and the reasoning of one
    for text in ("0.25 s", "2.50 s", "1,200 tokens", "The first answer", "Let me think", "HTTP 500: made up"):
        assert text in page.texts, text
    assert {"right", "wrong", "failed", "truncated", "7, not 42", "12 characters"} <= set(page.texts)


def test_no_text_of_a_model_becomes_html() -> None:
    texts: dict[str, Any] = dict.fromkeys(
        ("response", "reasoning", "prompt", "target", "answer", "second_answer", "error"), NASTY
    )
    page = page_of(replace(sample(0, False), finish_reason=NASTY, **texts))
    read = Reader(page)
    assert read.tags.count("script") == 1
    assert "img" not in read.tags
    assert NASTY.splitlines()[0][:60] in " ".join(read.texts)
    assert not CONTROL.search(page)


def test_only_the_pages_own_script_may_run_and_nothing_is_loaded() -> None:
    page = page_of(sample(0, True))
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'" in page
    )
    assert not re.search(r"https?://", page)


def test_filters_know_set_combination_result_and_marks() -> None:
    grid = {"generation": {"reasoning_effort": ("high",)}}
    page = page_of(sample(0, False, second_correct=True, finish_reason="length", response="x"), **grid)
    assert 'data-set="mine" data-combination="high" data-is="wrong differ truncated"' in page
    assert '<option value="wrong" data-zh="错误 (1)">wrong (1)</option>' in page
    assert '<span class="zh" lang="zh-CN">评分不一致</span> (1)' in page
    assert "no answer found" not in page.split("</style>")[1]


def test_a_cut_text_says_how_much_is_missing_and_where_it_is() -> None:
    row = read_sample(sample(0, True, response="head" + "tail"), limit=8)
    row.lengths["response"] = 1_000_008
    reported, _ = _page_input((sample(0, True),))
    page = render_samples(reported, ReadSamples((row,), 3))
    assert "1,000,000 of 1,000,008 characters are left out here; the table of samples has them all" in page
    assert "<code>response</code>" in page
    assert '<div class="text" dir="auto">head</div>' in page
    assert '<div class="text" dir="auto">tail</div>' in page
    assert "1 of 3 answers are here" in page
    assert "servegauge results samples --run run-1" in page


def test_a_page_of_many_long_answers_stays_small(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [
        sample(question, True, repeat, reasoning="r" * 50_000, response="a" * 50_000)
        for question in range(10)
        for repeat in range(8)
    ]
    scores = score_rows(QuestionSet(path="/questions/mine", repeats=8), rows)
    accuracy = RecordedAccuracy(scores=scores, run_id="run-1")
    record_accuracy(store, "run-1", accuracy, rows)
    whole = report(accuracy=(accuracy,), samples=80)
    read = read_samples(store, (accuracy,), most_characters=400_000)
    assert sum(len(each.row[text] or "") for each in read.samples for text in TEXTS) <= 400_000
    assert len(render_samples(whole, read)) < 400_000 + 80 * 4_000
    path = write_samples_page(store, whole, tmp_path / "report.html")
    assert path == tmp_path / "samples.html"
    assert path.stat().st_size > 80 * 100_000  # 8 million characters are not cut


def test_a_run_without_answers_has_no_page(tmp_path: Path) -> None:
    assert write_samples_page(Store(tmp_path), report(), tmp_path / "report.html") is None
    assert not (tmp_path / "samples.html").exists()


def test_the_report_page_links_to_the_answers_where_there_are_any() -> None:
    assert 'href="samples.html"' in render_page(report(samples=1200))
    assert "Read all 1,200 answers" in render_page(report(samples=1200))
    assert "samples.html" not in render_page(report())


def test_the_line_of_a_sample_leaves_out_what_all_prompts_begin_with() -> None:
    common = common_start(["Solve this. What is 12?", "Solve this. What is 13?", "Solve this. Why?"])
    assert common == "Solve this. "
    assert common_start(["Solve this. What is 12?"] * 2) == ""
    view = sample_view(read_sample(sample(3, True, 1, prompt="Solve this. Why\nnot?")), common, repeats=True)
    assert (view.number, view.excerpt, view.read) == ("3 #2", "Why not?", "42")
