"""The artifact `files`: what opens from another machine is a link, the rest is a path."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from flows.ui import file_artifact
from flows.ui.figure_artifacts import ArtifactLink
from flows.ui.file_artifact import create_file_artifact
from tasks.report.report_input import ReportInput
from tasks.track.tracked_run import TrackOutcome
from tests.record import made_up


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Markdown of the artifacts."""
    texts: list[str] = []

    def create(*, key: str, markdown: str, description: str) -> None:
        assert (key, description) == ("files", file_artifact.DESCRIPTION)
        texts.append(markdown)

    monkeypatch.setattr(file_artifact, "create_markdown_artifact", create)
    monkeypatch.setenv("SERVEGAUGE_HOST", "gpu-box")
    return texts


def test_links_stay_in_the_ui_in_use_and_paths_name_their_machine(created: list[str], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.touch()
    page.with_name("samples.html").touch()
    report = ReportInput(run=made_up.run(), points=(), results_path="/data/results")
    link = ArtifactLink("Speed: throughput", uuid4())
    local = TrackOutcome(tracker="SwanLab", folder="/data/swanlab")
    create_file_artifact(report, page, [link], [local])
    (text,) = created
    links, paths = text.split("## Files on the machine gpu-box")
    assert f"- [Speed: throughput](../artifact/{link.id})" in links
    assert f"`/data/results/files/{report.run.run_id}/report.html`" in paths
    assert "- Page of the answers: `/data/results/files/" in paths
    assert "server.log" not in paths  # it does not exist
    assert "`/data/swanlab`" in paths


def test_files_in_a_bucket_are_on_no_machine(created: list[str], tmp_path: Path) -> None:
    report = ReportInput(run=made_up.run(), points=(), results_path="s3://bucket/results")
    create_file_artifact(report, tmp_path / "report.html", [], [])
    assert created[0].startswith("## Files in the bucket")


def test_a_link_of_a_tracker_leads_to_a_page(created: list[str], tmp_path: Path) -> None:
    outcomes = [
        TrackOutcome(tracker="bad", url="javascript:alert(1)"),
        TrackOutcome(tracker="odd", url="https://x.example/a) [b](http://y.example"),
    ]
    report = ReportInput(run=made_up.run(), points=(), results_path="re`sults")
    create_file_artifact(report, tmp_path / "report.html", [], outcomes)
    assert "javascript" not in created[0]
    assert "- [odd](https://x.example/a%29%20%5Bb%5D%28http://y.example)" in created[0]
    assert "re`sults" not in created[0]
