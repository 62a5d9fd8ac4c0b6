"""The static pages: every finished run's report is written once, and the overview each time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tasks.errors import RecordError
from tasks.record.store import Store
from tasks.report.overview.site import write_site
from tests.record.test_named_run import record

RUN = "20261126-132106-fixture-358b"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three recorded runs of one spec."""
    shutil.copytree(checkout() / "tests" / "fixtures" / "results-0.1.0", tmp_path / "results")
    return Store(tmp_path / "results")


def written(store: Store, folder: Path, *, refresh: bool = False) -> list[str]:
    """Write the pages; returns what was said."""
    said: list[str] = []
    write_site(store, folder, refresh=refresh, say=said.append)
    return said


def test_reports_are_written_once(store: Store, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert len(written(store, site)) == 3
    assert f"runs/{RUN}/report.html" in (site / "index.html").read_text()
    assert "throughput c4" in (site / "trends" / "fixture.html").read_text()
    assert RUN in (site / "runs" / RUN / "report.html").read_text()
    assert "Answers of " in (site / "runs" / RUN / "samples.html").read_text()
    assert written(store, site) == []
    assert len(written(store, site, refresh=True)) == 3


def test_the_pages_share_one_script(store: Store, tmp_path: Path) -> None:
    site = tmp_path / "site"
    written(store, site)
    (script,) = site.glob("vega-*.js")
    assert "window.vegaEmbed" in script.read_text(encoding="utf-8")
    report, trend = site / "runs" / RUN / "report.html", site / "trends" / "fixture.html"
    page = report.read_text(encoding="utf-8")
    assert f'<script src="../../{script.name}"></script>' in page
    assert 'id="vega"' not in page  # where the packed script stands in a page that is alone
    assert f'<script src="../{script.name}"></script>' in trend.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("no folder")
    with pytest.raises(RecordError, match="cannot write into"):
        written(store, tmp_path / "site")


def test_a_report_from_before_the_runs_end_is_written_again(store: Store, tmp_path: Path) -> None:
    written(store, tmp_path / "site")
    os.utime(tmp_path / "site" / "runs" / RUN / "report.html", (0, 0))
    assert written(store, tmp_path / "site") == [f"report of {RUN}"]


def test_a_run_cannot_write_elsewhere(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    record(store, "a/../../evil", 1)
    assert written(store, tmp_path / "site") == [
        "left out: run 'a/../../evil', whose id cannot be the name of a folder"
    ]
    assert "evil" not in (tmp_path / "site" / "index.html").read_text()
    assert not (tmp_path / "evil").exists()
