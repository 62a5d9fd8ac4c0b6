"""A server that was started early is taken over once, and is ended by whoever has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.run import server_launch
from flows.run.run_identity import Run
from flows.run.run_warnings import RunWarnings
from flows.run.server_launch import launch_early, launched
from tasks.config.server import EndpointServer, VllmServer
from tasks.errors import ServerStartError
from tests.serve.fake import a_model, an_environment

PROVIDED = (an_environment(), a_model())
WARNINGS = RunWarnings()


def a_run(server: Any) -> Run:
    """A run of a server, as far as a launch looks at it."""
    subject, spec = SimpleNamespace(model_revision="1"), SimpleNamespace(server=server, environment="e")
    return cast(Run, SimpleNamespace(spec=spec, subject=subject))


RUN = a_run(VllmServer(model="org/name"))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What starts and ends. Everything is on hand."""
    lines: list[str] = []

    @contextmanager
    def started(*_: object) -> Iterator[str]:
        name = f"server {len(lines)}"
        lines.append(f"{name} starts")
        yield name
        lines.append(f"{name} ends")

    monkeypatch.setattr(server_launch, "_started", started)
    monkeypatch.setattr(server_launch, "environment_and_model_on_hand", lambda server, name: PROVIDED)
    return lines


def test_a_server_that_was_started_early_is_taken_over_once(log: list[str]) -> None:
    with launch_early(RUN, WARNINGS):
        assert log == ["server 0 starts"]
        with launched(RUN, PROVIDED, WARNINGS) as process:
            assert cast(str, process) == "server 0"
        assert log == ["server 0 starts", "server 0 ends"]
        with launched(RUN, PROVIDED, WARNINGS) as process:
            assert cast(str, process) == "server 2"
    assert log[2:] == ["server 2 starts", "server 2 ends"]


def test_one_that_nobody_takes_over_is_ended(log: list[str]) -> None:
    with launch_early(RUN, WARNINGS):
        pass
    assert log == ["server 0 starts", "server 0 ends"]


@pytest.mark.parametrize("on_hand", [None, ServerStartError("the GPU is locked", "wait")])
def test_what_cannot_start_early_starts_in_its_turn(
    on_hand: Exception | None, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(server: object, name: object) -> None:
        if on_hand:
            raise on_hand

    monkeypatch.setattr(server_launch, "environment_and_model_on_hand", look)
    with launch_early(RUN, WARNINGS):
        assert log == []
        with launched(RUN, PROVIDED, WARNINGS):
            assert log == ["server 0 starts"]


def test_nothing_is_started_for_a_server_that_runs_elsewhere(log: list[str]) -> None:
    with launch_early(a_run(EndpointServer(kind="endpoint", url="http://h/v1", model="m")), WARNINGS):
        assert log == []
