"""A fake serving environment for all tests of faults, and a case for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.measure.processes import fork_server
from tests.faults.case import Case
from tests.faults.fake_environment import make_environment
from tests.helpers.processes import descendants
from tests.helpers.wait import until


@pytest.fixture(scope="session")
def fake_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of the fake serving environment."""
    return make_environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture
def case(tmp_path: Path, fake_python: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """A case with a home of its own. All its processes must have ended when the test ends."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    fork_server.warm_up()
    before = descendants()
    case = Case(tmp_path, fake_python, model)
    yield case
    assert case.all_ended()
    assert until(lambda: descendants() <= before, 60)
