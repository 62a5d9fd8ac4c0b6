"""Fixtures of all tests: a tokenizer folder and stub servers."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

# Before anything that reads them is imported: no test reaches for a hub or sends statistics.
os.environ.update(HF_HUB_OFFLINE="1", DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

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


@pytest.fixture
def stub() -> Iterator[Callable[..., Stub]]:
    """Starts stub servers, options as `stub_server` takes them; all end with the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(stub_server(**options))
