"""A child process: restarted when it has exited, killed with its group at the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from operate import children
from operate.children import Child
from tests.helpers.processes import running
from tests.helpers.wait import until


def test_a_child_that_exited_is_started_again_after_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child("one", ("/bin/sh", "-c", "echo started"), dict(os.environ), tmp_path / "log")
    assert until(lambda: not child.alive, 30)
    assert not child.restart_if_exited()
    monkeypatch.setattr(children, "RESTART_PAUSE_S", 0.0)
    assert child.restart_if_exited()
    assert until(lambda: not child.alive, 30)
    assert child.tail() == "started\nstarted"
    child.end()


def test_the_end_of_a_child_is_the_end_of_its_group(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "sleep 600 & echo $!; trap '' TERM; wait; sleep 600"
    child = Child("one", ("/bin/sh", "-c", script), dict(os.environ), log)
    assert until(lambda: log.read_text().endswith("\n"), 30)
    other = int(log.read_text())
    assert child.alive
    child.end(grace_s=0.2)
    assert not child.alive
    assert until(lambda: not running(other))
