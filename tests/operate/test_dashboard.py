"""The dashboard: its pages over HTTP, and a person's way through it in a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from starlette.testclient import TestClient

from operate.dashboard import dashboard_app
from tasks.config.home import checkout
from tasks.record.store import Store
from tests.helpers.ports import free_port
from tests.operate.upper import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
RUN = "20261126-132106-fixture-358b"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Three recorded runs of one spec."""
    return Path(shutil.copytree(checkout() / "tests" / "fixtures" / "results-0.1.0", tmp_path / "results"))


@pytest.fixture
def client(results: Path) -> TestClient:
    """A client of the application, without a network."""
    return TestClient(dashboard_app(Store(results)), base_url="http://127.0.0.1:4300")


def test_every_run_is_on_the_page_and_has_a_report(client: TestClient) -> None:
    page = client.get("/")
    assert (page.status_code, f"runs/{RUN}/report.html" in page.text) == (200, True)
    report = client.get(f"/runs/{RUN}/report.html")
    assert (report.status_code, RUN in report.text) == (200, True)


def test_the_answers_of_a_run_can_be_read(client: TestClient) -> None:
    assert 'href="samples.html"' in client.get(f"/runs/{RUN}/report.html").text
    answers = client.get(f"/runs/{RUN}/samples.html")
    assert (answers.status_code, "Answers of " in answers.text) == (200, True)
    assert client.get("/runs/nosuch/samples.html").status_code == 404


def test_an_unknown_run_is_named_without_a_traceback(client: TestClient) -> None:
    answer = client.get("/runs/nosuch/report.html")
    assert answer.status_code == 404
    assert "no run 'nosuch' is recorded" in answer.text


def test_a_damaged_table_is_named(results: Path, client: TestClient) -> None:
    (results / "points" / "broken--x.parquet").write_bytes(b"no parquet")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "broken--x.parquet" in answer.text


def test_another_host_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403


@pytest.fixture
def address(results: Path) -> Iterator[str]:
    """The address of `servegauge dashboard`."""
    port = free_port()
    argv = (sys.executable, "-m", "cli.main", "dashboard", "--results", str(results), "--port", str(port))
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert f"http://127.0.0.1:{port}" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium; it fails the test at an error or at a request to another machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page, wrong = browser.new_page(viewport={"width": 1280, "height": 900}), list[str]()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: wrong.append(request.url) if _is_outside(request.url) else None)
        yield page
        browser.close()
        assert wrong == []


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium")
def test_runs_are_filtered_opened_and_compared(address: str, page: Page) -> None:
    page.goto(address)
    rows = page.locator("#runs tbody tr")
    expect(rows).to_have_count(3)
    page.locator("th", has_text="Verdict").get_by_role("button").click()
    page.locator(".dtcc-list-buttons button", has_text="suspect").click()
    expect(rows).to_have_count(2)
    expect(page.get_by_text("1 to 2 of 2 runs (of 3 recorded)")).to_be_visible()
    page.get_by_text("Clear Search").click()
    page.keyboard.press("Escape")
    page.get_by_label("to", exact=True).fill("2026-11-25")
    expect(page.get_by_text("No run matches.").first).to_be_visible()
    page.get_by_label("to", exact=True).fill("2026-11-26")
    expect(rows).to_have_count(3)

    button = page.get_by_role("button", name="Compare marked runs")
    expect(button).to_be_disabled()
    page.get_by_label(f"Mark {RUN}").check()
    page.locator("input[name=run]").first.check()
    button.click()
    expect(page.get_by_text("Speed side by side").first).to_be_visible()

    page.goto(address)
    page.locator(f"a[href='runs/{RUN}/report.html']").click()
    expect(page.get_by_text(RUN).first).to_be_visible()


def test_a_taken_port_is_wrong_input(address: str, results: Path) -> None:
    port = httpx.URL(address).port
    argv = (sys.executable, "-m", "cli.main", "dashboard", "--results", str(results), "--port", str(port))
    ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "choose another with --port" in ended.stderr
