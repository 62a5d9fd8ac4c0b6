"""The command `servegauge` in an empty folder, and a stub server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stub.process import Stub, stub_server
from tests.cli.answer import Call
from tests.helpers.command_line import environment, run


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run `servegauge …` in an empty folder with an empty home."""
    return lambda *arguments: run(list(arguments), environment(tmp_path), tmp_path)


@pytest.fixture(scope="module")
def server(tokenizer: Path) -> Iterator[Stub]:
    """One stub for all tests of a module."""
    with stub_server(model="m", tokenizer=str(tokenizer)) as stub:
        yield stub
