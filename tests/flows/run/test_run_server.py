"""The server of a run: when it is started again, and what runs while it starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.run import run_server
from flows.run.run_identity import Run
from flows.run.run_server import RunServer
from flows.run.run_warnings import RunWarnings
from tasks.config.server import VllmServer
from tasks.errors import RecordError, ServerDied
from tasks.measure.processes import fork_server
from tasks.serve.endpoint import Conventions, Endpoint
from tasks.serve.process import ServerProcess
from tests.helpers.wait import until

LIMIT_S = 60.0
DIED = ServerDied("the server ended with exit code 1", "read its log")
RUN = cast(Run, SimpleNamespace(spec=SimpleNamespace(server=VllmServer(model="m")), results="results"))


class FakeProcess:
    """A server process that counts its restarts."""

    endpoint = None
    restarts = 0

    def restart(self) -> None:
        """Count."""
        self.restarts += 1


def test_a_server_is_restarted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_server, "restart_server", lambda process, timeout_s: process.restart())
    monkeypatch.setattr(run_server, "check_startup", lambda run, process, startup: None)
    process, warnings = FakeProcess(), RunWarnings()
    started = RunServer(RUN, cast(ServerProcess, process), None, warnings)
    started.restart(DIED)
    assert process.restarts == 1
    assert warnings.texts == ("the server ended with exit code 1; restarting it once",)
    with pytest.raises(ServerDied, match="exit code 1"):
        started.restart(DIED)
    assert process.restarts == 1


def test_a_server_that_was_started_elsewhere_is_not_restarted() -> None:
    with pytest.raises(ServerDied, match="exit code 1"):
        RunServer(RUN, None, None, RunWarnings()).restart(DIED)


def test_without_a_server_a_missing_figure_is_named() -> None:
    with run_server.no_server(RUN) as nothing, pytest.raises(RecordError, match="can no longer be read"):
        _ = nothing.endpoint


def test_measuring_workers_are_imported_while_the_server_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    fork_server.shut_down()

    def imported() -> bool:
        pid = cast(Any, forkserver)._forkserver._forkserver_pid
        return bool(pid) and "numpy" in Path(f"/proc/{pid}/maps").read_text()

    @contextmanager
    def starting(*_: object) -> Iterator[Any]:
        assert until(imported, LIMIT_S)  # the start waits until the fork server has imported the workers
        yield SimpleNamespace(endpoint=Endpoint(url="http://h/v1", model="m", tokenizer="m")), Conventions()

    monkeypatch.setattr(run_server, "started_server", starting)
    with run_server.open_server(RUN):
        pass
