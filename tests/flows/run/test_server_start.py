"""What is done at the same time on the way to a server that answers: these fail where it is one by one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.run import server, server_start
from flows.run.run import Run
from tasks.config.server import VllmServer
from tasks.measure.processes import pool
from tasks.provision.provisioned import Environment
from tests.serve.fake import a_model, an_environment, until

LIMIT_S = 30.0


def test_the_model_comes_while_the_environment_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=LIMIT_S)
    order: list[str] = []

    def prefetch(server: VllmServer) -> None:
        together.wait()
        order.append("fetched")

    def build(server: VllmServer, name: str | None) -> Environment:
        together.wait()
        return an_environment()

    def model(server: VllmServer, environment: Environment) -> Any:
        order.append("provided")
        return a_model()

    monkeypatch.setattr(server_start, "prefetch_model", prefetch)
    monkeypatch.setattr(server_start, "provision_environment", build)
    monkeypatch.setattr(server_start, "provision_model", model)
    monkeypatch.setattr(server_start, "ask_flags", lambda environment: None)
    run = cast(Run, SimpleNamespace(spec=SimpleNamespace(environment="vllm-cuda")))
    assert server_start.provision(run, VllmServer(model="org/name")) == (an_environment(), a_model())
    assert order == ["fetched", "provided"]


def test_the_engine_is_asked_for_its_flags_while_the_model_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=LIMIT_S)

    def ask(environment: Environment) -> None:
        together.wait()

    def model(server: VllmServer, environment: Environment) -> Any:
        together.wait()
        return a_model()

    monkeypatch.setattr(server_start, "prefetch_model", lambda server: None)
    monkeypatch.setattr(server_start, "provision_environment", lambda server, name: an_environment())
    monkeypatch.setattr(server_start, "provision_model", model)
    monkeypatch.setattr(server_start, "ask_flags", ask)
    run = cast(Run, SimpleNamespace(spec=SimpleNamespace(environment="vllm-cpu")))
    assert server_start.provision(run, VllmServer(model="synthetic:gpt-oss"))[1] == a_model()


def test_the_measuring_workers_warm_up_while_the_server_boots(monkeypatch: pytest.MonkeyPatch) -> None:
    pool.shut_down()

    def imported() -> bool:
        pid = cast(Any, forkserver)._forkserver._forkserver_pid
        return bool(pid) and "numpy" in Path(f"/proc/{pid}/maps").read_text()

    @contextmanager
    def booting(*_: object) -> Iterator[Any]:
        assert until(imported, LIMIT_S * 2)  # it would end here only once the workers have been imported
        yield SimpleNamespace(endpoint=None)

    monkeypatch.setattr(server, "started_server", booting)
    run = cast(Run, SimpleNamespace(spec=SimpleNamespace(server=VllmServer(model="m"))))
    with server.open_server(run):
        pass
