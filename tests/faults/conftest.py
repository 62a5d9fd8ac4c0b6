"""One Prefect server and one fake environment for all faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from tasks.measure import pool
from tests.faults.engine import Case, family, make_environment, until


@pytest.fixture(scope="package")
def api() -> Iterator[str]:
    """The address of a Prefect server of these tests' own."""
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),  # a second at each flow's end
    ):
        yield str(PREFECT_API_URL.value())


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fake environment's interpreter."""
    return make_environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, tokenizer: Path) -> Path:
    """A folder that passes for a model."""
    (tokenizer / "config.json").write_text("{}")
    return tokenizer


@pytest.fixture
def case(tmp_path: Path, fake: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """A case with a home of its own, whose processes must all be gone when the test ends."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    pool.warm_up()
    before = family()
    case = Case(tmp_path, fake, model)
    yield case
    assert case.nothing_left()
    assert until(lambda: family() <= before, 20)
