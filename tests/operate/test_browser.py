"""A person's way through Prefect's UI: open the deployment, fill the form, start, watch, open the artifacts.

With SERVEGAUGE_SCREENSHOTS=DIR the pictures of the documentation are taken on the way.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.operate.upper import Upped

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here: apt-get install chromium"),
]
LIMIT_MS = 60_000


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium that reaches this machine alone."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1600, "height": 900}, color_scheme="light")
        page.set_default_timeout(LIMIT_MS)
        yield page
        browser.close()


def picture(page: Page, name: str) -> None:
    """Keep what is seen, where pictures are wanted."""
    if folder := os.environ.get("SERVEGAUGE_SCREENSHOTS"):
        page.wait_for_timeout(1500)  # for what moves in; nothing depends on it
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_from_the_form_to_the_artifacts(up: Upped, quick: str, every_minute: str, page: Page) -> None:
    page.goto(f"{up.address}/v2/deployments")
    expect(page.get_by_role("link", name="benchmark", exact=True).first).to_be_visible()
    picture(page, "deployments")
    page.goto(f"{up.address}/v2/deployments/deployment/{up.deployment('benchmark')['id']}/run")

    page.get_by_role("button", name="Select bundled").click()
    for name in ("smoke", "endpoint", "gpt-oss-20b", "gpt-oss-20b-seed"):
        expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    picture(page, "form")

    page.get_by_role("tab", name="path").click()
    page.locator("textarea").first.fill("nosuch")
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
    assert up.run(run)["parameters"]["refresh"] is True

    page.goto(f"{up.address}/v2/runs/flow-run/{run}")
    assert up.ended(run) == "COMPLETED", up.logs(run)
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    expect(page.get_by_text("plan: ").first).to_be_visible()
    picture(page, "run")
    page.get_by_role("tab", name="Artifacts").click()
    expect(page.get_by_text("sweep-throughput").first).to_be_visible()
    picture(page, "artifacts")
    page.goto(f"{up.address}/v2/artifacts/artifact/{up.artifacts(run)['report']['id']}")
    expect(page.get_by_text("Sweep throughput").first).to_be_visible()
    picture(page, "report")


def started(up: Upped) -> str:
    """The run that the form made."""
    names = {"flow_runs": {"deployment_id": {"any_": [up.deployment("benchmark")["id"]]}}}
    runs = up.post("/flow_runs/filter", {**names, "sort": "EXPECTED_START_TIME_DESC", "limit": 1})
    return str(runs[0]["id"])
