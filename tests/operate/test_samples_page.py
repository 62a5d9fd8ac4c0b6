"""A person reads answers in a browser: filters, search, keys, without a script, on a phone, in print."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import score_rows
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_run
from tasks.report.page.samples_page import write_samples_page
from tasks.report.read_report import read_report
from tests.measure.accuracy.made_up import sample
from tests.record import made_up

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium"),
]
SCRIPT = '</div><script>document.title = "taken"</script><img src="http://127.0.0.1:9/x" onerror="alert(1)">'
QUESTIONS = 30


def answers(effort: str) -> list[SampleRow]:
    """Answers of all kinds: every third wrong, one truncated, one disputed, one failed."""
    rows = [
        sample(
            question,
            question % 3 > 0,
            prompt=f"Solve this. Question number {question} for {effort}.",
            response=f"{SCRIPT} It is \\boxed{{42}}",
            reasoning=f"thinking about {question} " * 200,
            second_correct=question % 3 > 0,
        )
        for question in range(QUESTIONS)
    ]
    rows[3] = sample(3, False, finish_reason="length", response="cut")
    rows[4] = sample(4, True, second_correct=False, response="seventy")
    rows[5] = sample(5, False, error="HTTP 500", finish_reason=None)
    return rows


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The address of the page of a run with two combinations."""
    store = Store(tmp_path)
    record_run(store, made_up.run())
    grid = QuestionSet.model_validate(
        {"path": "/questions/mine", "generation": {"reasoning_effort": ("low", "high")}}
    )
    for asked in grid.combinations():
        rows = answers(str(asked.generation.reasoning_effort))
        accuracy = RecordedAccuracy(scores=score_rows(asked, rows), run_id="run-1")
        record_accuracy(store, "run-1", accuracy, rows)
    page = write_samples_page(store, read_report(store, "run-1"), tmp_path / "report.html")
    assert page
    return page.as_uri()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page; it fails the test at any message of the console, dialog, or request besides the file."""
    page, wrong = browser.new_page(viewport={"width": 1280, "height": 900}), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    yield page
    assert wrong == []


def test_answers_are_filtered_and_searched(address: str, page: Page) -> None:
    page.goto(address)
    samples, status = page.locator(".sample:visible"), page.get_by_role("status")
    expect(status).to_have_text("60 of 60 answers")
    page.get_by_label("Combination").select_option("low")
    expect(samples).to_have_count(30)
    page.get_by_label("Result").select_option("wrong")
    expect(samples).to_have_count(10)
    page.get_by_role("checkbox", name="truncated (2)").check()
    expect(samples).to_have_count(1)
    assert page.url.endswith("#combination=low&state=wrong&is=truncated")
    page.reload()
    expect(samples).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(status).to_have_text("60 of 60 answers")
    page.get_by_role("checkbox", name="graders differ (2)").check()
    expect(status).to_have_text("2 of 60 answers")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("searchbox").fill("NUMBER 17 for")
    expect(status).to_have_text("2 of 60 answers")
    page.get_by_role("searchbox").fill("nowhere")
    expect(status).to_have_text("No answer matches.")
    assert page.title() == "Answers of made-up · run-1 · servegauge"  # no script of an answer has run


def test_answers_are_read_with_the_keyboard(address: str, page: Page) -> None:
    page.goto(address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    opened = page.locator(".sample[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator(".excerpt")).to_have_text(re.compile("^1 for high"))
    reasoning = opened.get_by_text("thinking about 1 thinking")
    expect(reasoning).to_be_hidden()
    page.keyboard.press("r")
    expect(reasoning).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(".sample").first.locator("summary").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.get_by_role("searchbox")).to_have_value("jk")


def test_a_found_text_is_unfolded(address: str, page: Page) -> None:
    page.goto(address)
    page.get_by_role("searchbox").fill("thinking about 7 ")
    expect(page.get_by_role("status")).to_have_text("2 of 60 answers")
    page.get_by_role("button", name="Open shown").click()
    expect(page.get_by_text("thinking about 7 thinking").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(address: str, page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.locator(".sample summary").first.click()
    assert page.locator("html").evaluate("root => root.scrollWidth") == width


def test_without_a_script_all_answers_are_a_list(address: str, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    expect(page.locator(".sample:visible")).to_have_count(60)
    expect(page.locator("form")).to_be_hidden()
    page.locator(".sample > summary").nth(1).click()
    expect(page.get_by_text("It is \\boxed{42}").nth(1)).to_be_visible()


def test_print_shows_every_answer_without_filters(address: str, page: Page) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.locator("form")).to_be_hidden()
    expect(page.locator(".sample:visible")).to_have_count(60)


def test_it_is_in_english_and_in_chinese_and_answers_stay_as_they_are(address: str, page: Page) -> None:
    page.goto(address)
    page.locator("#language").click()
    status = page.get_by_role("status")
    expect(status).to_have_text("60 个回答中的 60 个")
    expect(page.locator("h1")).to_have_text(re.compile("made-up 的回答$"))
    page.get_by_role("combobox", name="结果").select_option(label="错误 (20)")
    expect(status).to_have_text("60 个回答中的 20 个")
    assert page.url.endswith("#state=wrong")  # the same view in every language
    page.locator(".sample:visible > summary").first.click()
    opened = page.locator(".sample[open]")
    expect(opened.get_by_text("结束原因")).to_be_visible()
    expect(opened.get_by_text("Finish reason")).not_to_be_visible()
    expect(opened.get_by_text("It is \\boxed{42}")).to_be_visible()
    page.reload()  # the choice is kept
    expect(status).to_have_text("60 个回答中的 20 个")
    expect(page.get_by_role("searchbox")).to_have_attribute("placeholder", "搜索题目、推理、回答")
    page.get_by_role("searchbox").fill("推理")  # a word of the page, of no answer
    expect(status).to_have_text("没有符合的回答。")
    page.locator("#language").click()
    expect(status).to_have_text("No answer matches.")
    expect(page.get_by_role("button", name="Clear")).to_be_visible()
