"""Steps of the start that run at the same time: each test fails if they run one after the other."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.run import server_start
from flows.run.run_identity import Run
from tasks.config.server import VllmServer
from tasks.provision.provisioned import Environment
from tests.serve.fake import a_model, an_environment

LIMIT_S = 30.0


def test_the_model_is_fetched_while_the_environment_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_flags_are_read_while_the_model_is_provided(monkeypatch: pytest.MonkeyPatch) -> None:
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
