"""A person looks at the report page in a browser: charts, values, data, languages, dark, a phone, print."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tasks.report.page.html import write_page
from tasks.report.page.vega_script import write_script_file
from tasks.report.report_input import TimelineCurve
from tests.report.made_up import report, with_requests

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium"),
]
THROUGHPUT = "sweep-throughput-output-throughput-tok-s"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page with every kind of chart."""
    curves = [
        TimelineCurve(panel="Requests at the server", name=name, seconds=(0, 1, 2), values=(1, 3, 2))
        for name in ("running", "waiting")
    ]
    page = write_page(
        with_requests(report(timeline=tuple(curves))), tmp_path_factory.mktemp("page") / "r.html"
    )
    return page.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium that reaches nothing outside of this machine."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, drawn; the test fails if it wrote to the console or asked for anything outside."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light", locale="en-US")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    page.goto(address)
    drawn(page)
    yield page
    assert faults == []
    page.close()


def drawn(page: Page, language: str = "en") -> None:
    """Wait until every chart is drawn in a language."""
    page.wait_for_selector(f"html[data-drawn={language}]", state="attached", timeout=60_000)


def marks(page: Page, chart: str, kind: str) -> int:
    """The number of marks of a kind in a chart."""
    return page.locator(f"#{chart} svg .mark-{kind}.role-mark path").count()


def test_every_chart_is_drawn(page: Page) -> None:
    charts = page.locator(".chart")
    assert charts.count() > 30
    assert page.locator(".chart svg").count() == charts.count()
    # of three loads a marker each, a hollow one for the suspect load, and three large ones to point at
    assert marks(page, THROUGHPUT, "symbol") == 3 + 1 + 3
    assert marks(page, THROUGHPUT, "line") == 1
    requests = "requests-server-gpus-and-machine-requests-by-the-time-they-were-sent"
    assert marks(page, requests, "symbol") == 2
    assert page.locator(".missing:visible").count() == 0


def test_a_mark_shows_its_values(page: Page) -> None:
    page.locator(f"#{THROUGHPUT} svg .mark-symbol.role-mark").last.locator("path").nth(1).hover(force=True)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_be_visible()
    for text in ("concurrency", "10", "output, tok/s", "320", "valid"):
        expect(tooltip).to_contain_text(text)


def test_the_data_of_a_chart_is_a_csv_file(page: Page) -> None:
    page.locator("figure", has=page.locator(f"#{THROUGHPUT}")).hover()
    with page.expect_download() as download:
        page.locator(f"button[data-csv={THROUGHPUT}]").click()
    assert download.value.suggested_filename == f"{THROUGHPUT}.csv"
    assert Path(download.value.path()).read_bytes().decode() == (
        'concurrency,repeat,statistic,"output, tok/s",verdict\r\n'
        "1,1,mean,58.1818,valid\r\n"
        "10,1,mean,320,valid\r\n"
        "100,1,mean,573.091,suspect\r\n"
    )


def test_a_chart_is_a_drawing_that_stands_alone(page: Page) -> None:
    page.locator("figure", has=page.locator(f"#{THROUGHPUT}")).hover()
    with page.expect_download() as download:
        page.locator(f"button[data-svg={THROUGHPUT}]").click()
    svg = Path(download.value.path()).read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "var(" not in svg
    assert "#1f5fbf" in svg


def test_it_is_in_english_and_in_chinese(page: Page, address: str) -> None:
    expect(page.get_by_role("heading", name="Measured with")).to_be_visible()
    axis = page.locator(f"#{THROUGHPUT} svg .role-axis-title text")
    expect(axis.first).to_have_text("concurrency (log scale)")
    page.locator("#language").click()
    drawn(page, "zh-CN")
    expect(page.get_by_role("heading", name="测量环境")).to_be_visible()
    expect(page.get_by_role("heading", name="Measured with")).not_to_be_visible()
    expect(axis.first).to_have_text("并发（对数刻度）")
    names = page.locator("#sweep-throughput-ttft-ms svg .role-legend-label text")
    assert names.first.text_content() == "均值"
    page.goto(address)  # the choice is kept
    drawn(page, "zh-CN")
    page.locator("#language").click()
    drawn(page, "en")
    expect(axis.first).to_have_text("concurrency (log scale)")


def test_it_follows_dark_and_print(page: Page) -> None:
    line = page.locator(f"#{THROUGHPUT} svg .mark-line.role-mark path").first
    colour = "path => getComputedStyle(path).stroke"
    assert line.evaluate(colour) == "rgb(31, 95, 191)"
    page.emulate_media(color_scheme="dark")
    assert line.evaluate(colour) == "rgb(106, 166, 255)"
    page.emulate_media(color_scheme="dark", media="print")
    assert line.evaluate(colour) == "rgb(31, 95, 191)"
    expect(page.locator("nav")).not_to_be_visible()


def test_on_a_phone_a_row_has_one_chart_and_tables_show_that_they_scroll(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator(".scroll").first).to_have_class(re.compile("more-right"))
    boxes = [figure.bounding_box() for figure in page.locator("figure").all()]
    assert len({box["x"] for box in boxes if box}) == 1


def test_a_part_of_the_time_is_enlarged_in_every_chart_over_time(page: Page) -> None:
    first, second = page.locator("[id^=requests-server-gpus] svg").all()
    first.scroll_into_view_if_needed()
    label = {
        chart: chart.locator(".role-axis-label text", has_text=re.compile(r"^0\.2$"))
        for chart in (first, second)
    }
    for chart in (first, second):
        expect(label[chart]).to_have_count(1)
    box = first.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    page.mouse.up()
    for chart in (first, second):
        expect(label[chart]).to_have_count(0)
    page.mouse.dblclick(box["x"] + box["width"] * 0.5, middle)
    for chart in (first, second):
        expect(label[chart]).to_have_count(1)


def test_without_a_script_it_says_what_is_missing(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address)
    expect(page.locator(".missing").first).to_have_text(re.compile("drawn by a script, which did not run"))
    expect(page.get_by_role("heading", name="Sweep throughput", exact=True)).to_be_visible()
    expect(page.locator("#language")).not_to_be_visible()
    page.close()


@pytest.mark.parametrize("beside", [True, False])
def test_a_page_of_a_site_draws_with_the_script_beside_it(
    browser: Browser, tmp_path: Path, beside: bool
) -> None:
    name = write_script_file(tmp_path)
    address = write_page(report(), tmp_path / "runs" / "r.html", f"../{name}").as_uri()
    if not beside:
        (tmp_path / name).unlink()
    page = browser.new_page(locale="en-US")
    page.goto(address)
    drawn(page)
    charts = page.locator(".chart").count()
    assert page.locator(".chart svg").count() == (charts if beside else 0)
    assert page.locator(".missing:visible").count() == (0 if beside else charts)
    page.close()
