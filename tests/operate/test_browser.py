"""A person's way through Prefect's UI: open the deployment, fill the form, start, watch, open the artifacts.

With SERVEGAUGE_SCREENSHOTS=DIR the test of the real smoke takes the pictures of the documentation.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tasks.config.home import home
from tests.operate.upper import Upped, servegauge_up

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium"),
]
LIMIT_MS = 60_000
expect.set_options(timeout=LIMIT_MS)
SMOKE_LIMIT_MS = 400_000


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium that reaches this machine alone."""
    with sync_playwright() as playwright:
        options = [
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, color_scheme="light")
        page.set_default_timeout(LIMIT_MS)
        yield page
        browser.close()


def picture(page: Page, name: str) -> None:
    """Save a screenshot if SERVEGAUGE_SCREENSHOTS is set."""
    if folder := os.environ.get("SERVEGAUGE_SCREENSHOTS"):
        page.wait_for_timeout(1500)  # for what moves in; nothing depends on it
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_refused_form_says_why_and_a_mended_one_runs(up: Upped, quick: str, page: Page) -> None:
    page.goto(f"{up.address}/v2/deployments/deployment/{up.deployment('benchmark')['id']}/run")
    page.get_by_role("tab", name="path").click()
    page.locator("textarea").first.fill("nosuch")
    expect(page.get_by_role("button", name="Select choice")).to_have_text("as in the spec")
    expect(page.get_by_text("Property is type")).to_have_count(0)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Validation failed for field 'spec'").first).to_be_visible()

    page.reload()
    page.get_by_role("textbox").first.fill("from-the-form")
    page.get_by_role("tab", name="path").click()
    page.locator("textarea").first.fill(quick)
    page.get_by_role("switch").first.click()  # refresh
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(re.compile("tab=Runs|/runs/"))
    run = started(up)
    chosen = up.run(run)["parameters"]
    assert chosen["refresh"] is True
    assert (chosen["model"], chosen["requests"], chosen["concurrency"]) == ("", 0, [])

    page.goto(f"{up.address}/v2/runs/flow-run/{run}")
    assert up.ended(run) == "COMPLETED", up.logs(run)
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    expect(page.get_by_text("plan: ").first).to_be_visible()
    page.get_by_role("tab", name="Artifacts").click()
    expect(page.get_by_text("speed-throughput").first).to_be_visible()
    assert up.run(run)["name"] == "from-the-form"
    artifacts = up.artifacts(run)
    for ui in ("v2/", ""):  # a link of the files leads to the report in the UI in use
        page.goto(f"{up.address}/{ui}artifacts/artifact/{artifacts['files']['id']}")
        address = page.get_by_role("link", name="Report", exact=True).first.evaluate("link => link.href")
        assert address == f"{up.address}/{ui}artifacts/artifact/{artifacts['report']['id']}"
        page.goto(address)
        expect(page.get_by_text("Sweep throughput").first).to_be_visible()


@pytest.fixture
def made_up(tmp_path: Path) -> Iterator[Upped]:
    """`make up` with the environments and models that this machine has already."""
    (tmp_path / "home").mkdir()
    for shared in ("environments", "models", "flags"):
        (home() / shared).mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / shared).symlink_to(home() / shared)
    with servegauge_up(tmp_path, by_make=True) as running:
        yield running


@pytest.mark.long
@pytest.mark.real_vllm
@pytest.mark.timeout(900)
def test_the_real_smoke_from_make_up_to_the_report(made_up: Upped, page: Page) -> None:
    up = made_up
    page.goto(f"{up.address}/v2/deployments")
    expect(page.get_by_role("link", name="nightly-smoke", exact=True).first).to_be_visible()
    picture(page, "deployments")
    page.locator(f'a[href*="/deployment/{up.deployment("benchmark")["id"]}"]').first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()

    page.get_by_role("button", name="Select bundled").click()
    for name in ("endpoint", "gpt-oss-20b", "gpt-oss-20b-seed"):
        expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
    page.get_by_role("option", name="smoke", exact=True).click()
    picture(page, "form")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(re.compile("tab=Runs|/runs/"))
    run = started(up)
    assert up.run(run)["parameters"]["spec"] == "smoke"

    page.goto(f"{up.address}/v2/runs/flow-run/{run}")
    done = page.get_by_text("Completed", exact=True).first
    expect(done).to_be_visible(timeout=SMOKE_LIMIT_MS)
    page.reload()  # the time line of a page that was open before the first task stays small
    expect(page.get_by_text("plan: ").first).to_be_visible()
    picture(page, "run")
    page.get_by_role("tab", name="Artifacts").click()
    for key in ("speed-throughput", "speed-chat", "accuracy", "files", "report"):
        expect(page.get_by_text(key, exact=True).first).to_be_visible()
    picture(page, "artifacts")
    page.goto(f"{up.address}/v2/artifacts/artifact/{up.artifacts(run)['report']['id']}")
    expect(page.get_by_text("Sweep throughput").first).to_be_visible()
    picture(page, "report")


def started(up: Upped) -> str:
    """The id of the newest run of the deployment `benchmark`."""
    names = {"flow_runs": {"deployment_id": {"any_": [up.deployment("benchmark")["id"]]}}}
    runs = up.post("/flow_runs/filter", {**names, "sort": "EXPECTED_START_TIME_DESC", "limit": 1})
    return str(runs[0]["id"])
