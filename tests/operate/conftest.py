"""One `servegauge up` for all operation tests, a stub, and specs that measure it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stub.process import Stub, stub_server
from tasks.config.home import checkout
from tests.operate.upper import Upped, servegauge_up

SPEC = """
name: {name}
server: {{kind: endpoint, url: "{url}", model: {model}, tokenizer: "{tokenizer}"}}
sweeps:
  - {{name: throughput, input_tokens: 32, output_tokens: 8,
      load: [{{concurrency: 1, requests: 2}}, {{concurrency: 4, requests: 20}}]}}
accuracy:
  - {{dataset: aime25, path: "{questions}", batch_size: 4, timeout_s: 60, generation: {{max_tokens: 64}}}}
track: {{swanlab: {{mode: disabled}}}}
"""
ENDPOINT_KEY = ("GAUGE_ENDPOINT_KEY", "endpoint-secret-90ee12")
"""A variable of the workers that a spec may name, and the key in it."""
ROOT = checkout()


def pytest_configure(config: pytest.Config) -> None:
    """The markers of this folder."""
    config.addinivalue_line("markers", "browser: drives Prefect's UI in a headless Chromium")
    config.addinivalue_line("markers", "long: minutes of waiting; run with SERVEGAUGE_LONG=1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip long tests unless SERVEGAUGE_LONG is set."""
    if not os.environ.get("SERVEGAUGE_LONG"):
        skip = pytest.mark.skip(reason="takes minutes: set SERVEGAUGE_LONG=1")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upped]:
    """Server, deployments and workers, started once."""
    name, key = ENDPOINT_KEY
    variables = {
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
        "SERVEGAUGE_SPECS": str(tmp_path_factory.getbasetemp()),
        "SERVEGAUGE_ALLOW": "env,urls,secrets,blocks",
        name: key,
    }
    with servegauge_up(tmp_path_factory.mktemp("up"), variables=variables) as running:
        yield running


@pytest.fixture(scope="session")
def engine(tokenizer: Path) -> Iterator[Stub]:
    """A stub that answers quickly."""
    with stub_server(ttft=0.01, itl=0.002, tokens=8, tokenizer=str(tokenizer)) as stub:
        yield stub


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory, engine: Stub, tokenizer: Path) -> str:
    """A spec of seconds; its path."""
    file = tmp_path_factory.mktemp("spec") / "quick.yaml"
    questions = ROOT / "deployments" / "questions" / "aime-format-sample"
    file.write_text(
        SPEC.format(
            name="quick", url=engine.url, model=engine.model, tokenizer=tokenizer, questions=questions
        )
    )
    return str(file)


@pytest.fixture(scope="session")
def slow(tokenizer: Path) -> Iterator[Stub]:
    """A stub whose answers take seconds."""
    with stub_server(ttft=0.2, itl=0.1, tokens=200, tokenizer=str(tokenizer)) as stub:
        yield stub


@pytest.fixture
def slow_spec(quick: str, slow: Stub, engine: Stub, tmp_path: Path) -> str:
    """The quick spec on the slow stub."""
    file = tmp_path / "slow.yaml"
    file.write_text(
        Path(quick).read_text().replace(engine.url, slow.url).replace("name: quick", "name: slow")
    )
    return str(file)


@pytest.fixture
def specs(quick: str, engine: Stub, tokenizer: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A spec for each of two machines, with a server each: two loads on one server make a point suspect."""
    with stub_server(ttft=0.01, itl=0.002, tokens=8, tokenizer=str(tokenizer)) as other:
        second = tmp_path / "second.yaml"
        second.write_text(Path(quick).read_text().replace(engine.url, other.url))
        yield quick, str(second)


@pytest.fixture(scope="session")
def every_minute(up: Upped, quick: str) -> str:
    """A deployment with a schedule of every minute; its id."""
    deployment = str(up.deployment("nightly-smoke")["id"])
    schedule = {"cron": "* * * * *", "timezone": "Europe/Berlin"}
    body = [{"active": True, "schedule": schedule, "parameters": {"spec": quick}}]
    up.post(f"/deployments/{deployment}/schedules", body)
    return deployment
