"""Fixtures of all tests: a tokenizer, a model folder, stub servers, a Prefect server, an S3 server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

# Libraries read these when they are imported. No test connects to a hub or sends statistics.
os.environ.update(HF_HUB_OFFLINE="1", DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

from stub.process import Stub, stub_server
from stub.tokenizer import make_tokenizer
from tests.record.s3 import S3, s3_server


def pytest_sessionstart() -> None:
    """Restore the handling of signals, which processes in the background ignore and every child inherits."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _sigint_is_not_ignored() -> Iterator[None]:
    """Fail a test that leaves SIGINT ignored: every later child process would ignore it too."""
    yield
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small tokenizer."""
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="session")
def model(tokenizer: Path) -> Path:
    """A folder with the files that a model needs to be accepted."""
    (tokenizer / "config.json").write_text("{}")
    return tokenizer


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """The address of a Prefect server for all tests. It takes 15 s to start."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),  # it takes a second at each flow's end
    ):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def stub() -> Iterator[Callable[..., Stub]]:
    """A function that starts a stub with the options of `stub_server`. All stubs end with the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(stub_server(**options))


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """An S3 server with one bucket and one key."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3_account(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3:
    """The S3 server with its key in the environment, and an empty home for the files beside a bucket."""
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    return s3
