"""The telemetry sources of a load point."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from stub.process import Stub
from tasks.probe.sources import listening_pids, telemetry_sources
from tasks.serve.endpoint import Endpoint
from tests.helpers.nvml import Nvml


def test_the_processes_that_listen_at_a_local_endpoint_are_found(stub: Callable[..., Stub]) -> None:
    server = stub()
    assert listening_pids(Endpoint(url=server.url, model="m", tokenizer="m")) == {server.pid}
    assert listening_pids(Endpoint(url="http://192.0.2.1:80/v1", model="m", tokenizer="m")) == frozenset()
    assert listening_pids(Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")) == frozenset()


def test_gpus_are_read_where_the_server_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")
    server_pids = frozenset({os.getpid()})
    assert [source.name for source in telemetry_sources(endpoint, server_pids)] == ["server", "machine"]
    monkeypatch.setattr("tasks.probe.gpu_source.import_module", lambda name: Nvml(70))
    sources = telemetry_sources(endpoint, server_pids, (0,))
    assert [source.name for source in sources] == ["server", "machine", "gpu"]


def test_the_machine_is_not_read_where_a_local_server_cannot_be_seen() -> None:
    hidden = Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")
    assert [source.name for source in telemetry_sources(hidden, frozenset())] == ["server"]
    elsewhere = Endpoint(url="http://192.0.2.1:9/v1", model="m", tokenizer="m")
    assert [source.name for source in telemetry_sources(elsewhere, frozenset())] == ["server", "machine"]
