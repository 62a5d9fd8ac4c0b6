"""Fixtures of all tests: a tokenizer and a model folder, stub servers, a Prefect server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

# Before anything that reads them is imported: no test reaches for a hub or sends statistics.
os.environ.update(HF_HUB_OFFLINE="1", DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

from tests.record.s3 import S3, s3_server
from tests.stub.process import Stub, stub_server
from tests.stub.tokenizer import make_tokenizer


def pytest_sessionstart() -> None:
    """Under nohup or in the background these are ignored, and every process of a test would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small tokenizer."""
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="session")
def model(tokenizer: Path) -> Path:
    """A folder that passes for a model."""
    (tokenizer / "config.json").write_text("{}")
    return tokenizer


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """The address of a Prefect server of these tests' own, which takes 15 s to start: one for all of them."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),  # a second at each flow's end
    ):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def stub() -> Iterator[Callable[..., Stub]]:
    """Starts stub servers, options as `stub_server` takes them; all end with the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(stub_server(**options))


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """An S3 server with one bucket, which one key opens."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def opened(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3:
    """The same with its key in the variables, and an empty home for what lies beside a bucket."""
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    return s3
