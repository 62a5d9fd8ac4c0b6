"""The turn of a run at an endpoint: what it says, and what it refuses after a wait."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from flows.run import endpoint_turn as module
from flows.run.endpoint_turn import endpoint_turn
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.ui import console
from tasks.errors import EndpointError
from tasks.serve.endpoint_claim import claim_endpoint

URL = "http://127.0.0.1:8000/v1"
RUN = cast(Run, SimpleNamespace(id="second", resumes=None, spec="spec", subject="the server"))
WAITS = f"queue: waiting for the endpoint {URL}: run first (pid {os.getpid()}) measures it"
HOLDS = f"queue: holds the endpoint {URL}"


@pytest.fixture(autouse=True)
def lock_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of locks that no other run of this machine knows."""
    monkeypatch.setenv("SERVEGAUGE_LOCKS", str(tmp_path))
    return tmp_path


def lines_after_a_wait(monkeypatch: pytest.MonkeyPatch, subject: str) -> list[str]:
    """Take a turn while another run holds the endpoint, which it leaves at the first line; give the lines.

    `subject`: what the endpoint is after the wait.
    """
    lines, first = list[str](), ExitStack()

    def stage(name: str, text: str) -> None:
        lines.append(f"{name}: {text}")
        first.close()

    monkeypatch.setattr(console, "stage", stage)
    monkeypatch.setattr(module, "subject_of", lambda spec, run_id: subject)
    with first:
        first.enter_context(claim_endpoint(URL, "first", pytest.fail))
        with endpoint_turn(RUN, URL, RunWarnings()):
            lines.append("measures")
    return lines


def test_a_free_endpoint_is_measured_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "stage", pytest.fail)
    for _ in range(2):
        with endpoint_turn(RUN, URL, RunWarnings()):
            pass


def test_a_run_that_waits_says_for_whom_and_when_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines_after_a_wait(monkeypatch, "the server") == [WAITS, HOLDS, "measures"]


def test_a_server_that_was_started_anew_meanwhile_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, lock_folder: Path
) -> None:
    with pytest.raises(EndpointError, match="was started anew while the run waited"):
        lines_after_a_wait(monkeypatch, "another server")
    assert list(lock_folder.iterdir()) == []


def test_a_machine_without_locks_is_a_warning(monkeypatch: pytest.MonkeyPatch, lock_folder: Path) -> None:
    monkeypatch.setenv("SERVEGAUGE_LOCKS", str(lock_folder / "none"))
    warnings, measured = RunWarnings(), False
    with endpoint_turn(RUN, URL, warnings):
        measured = True
    assert measured
    (text,) = warnings.texts
    assert text.startswith(f"whether another run measures {URL} as well is unknown: [Errno 2] No such file")
