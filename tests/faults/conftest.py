"""One fake environment for all faults, and a case for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.measure.processes import fork_server
from tests.faults.engine import Case, family, make_environment, until


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fake environment's interpreter."""
    return make_environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture
def case(tmp_path: Path, fake: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """A case with a home of its own, whose processes must all be gone when the test ends."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    fork_server.warm_up()
    before = family()
    case = Case(tmp_path, fake, model)
    yield case
    assert case.nothing_left()
    assert until(lambda: family() <= before, 20)
