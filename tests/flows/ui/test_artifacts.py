"""The artifacts that need no figures: why a run failed, and whose figures it reused."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from flows.run.run_identity import Run
from flows.ui import artifacts
from tasks.errors import InputError, RegressionError, ServerStartError
from tasks.report.report_input import ReportInput
from tests.record import made_up


@pytest.fixture
def markdown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The Markdown of each artifact by its key."""
    created: dict[str, str] = {}

    def create(*, key: str, markdown: str, description: str) -> None:
        created[key] = markdown

    monkeypatch.setattr(artifacts, "create_markdown_artifact", create)
    return created


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose server wrote a log."""
    (tmp_path / "server.log").write_text("out of memory\n````\n")
    return cast(Run, SimpleNamespace(folder=tmp_path))


def test_a_failure_shows_the_end_of_the_servers_log(markdown: dict[str, str], run: Run) -> None:
    artifacts.create_failure_artifact(ServerStartError("it <exited>", "read\nits log"), run)
    assert markdown["failure"] == (
        "# it \\<exited\\>\n\nread its log\n\n"
        "## The end of the server's log\n\n````text\nout of memory\n\n````"
    )


def test_no_text_of_a_server_becomes_markdown_or_moves_a_cursor(
    markdown: dict[str, str], run: Run, tmp_path: Path
) -> None:
    nasty = "![x](http://pages.example/x.png)<img src=x onerror=alert(1)>`\x1b[2J\u202e"
    (tmp_path / "server.log").write_text(f"{nasty}\n`````\n{nasty}\n")
    artifacts.create_failure_artifact(ServerStartError(nasty, nasty), run)
    before, fence, log = markdown["failure"].partition("````text")
    assert "\x1b" not in markdown["failure"]
    assert "\u202e" not in markdown["failure"]
    assert "\\!\\[x\\](http" in before
    assert not re.search(r"(?<!\\)[<`\[]", before)
    assert fence
    assert log.count("````") == 1


def test_a_failed_gate_shows_its_figures_and_no_log(markdown: dict[str, str], run: Run) -> None:
    artifacts.create_failure_artifact(RegressionError("the gate does not hold", "slower", "slower too"), run)
    assert "slower too" in markdown["failure"]
    assert "out of memory" not in markdown["failure"]


def test_a_failure_before_the_run_has_no_log(markdown: dict[str, str]) -> None:
    artifacts.create_failure_artifact(InputError("no such spec", "give another"), None)
    assert markdown["failure"] == "# no such spec\n\ngive another"


def test_reused_figures_are_listed_with_their_run(markdown: dict[str, str]) -> None:
    own, reused = made_up.recorded(made_up.point()), made_up.recorded(made_up.point(concurrency=8), "earlier")
    record = made_up.run(own.run_id)
    artifacts.create_origin_artifact(ReportInput(run=record, points=(own,), results_path="results"))
    assert markdown == {}
    artifacts.create_origin_artifact(ReportInput(run=record, points=(own, reused), results_path="results"))
    assert "| made-up-throughput-c8 | earlier |" in markdown["reused"]
    assert "throughput-c4" not in markdown["reused"]
