"""Fixtures of the tests of measuring: a running fork server, and jobs that send a load to a stub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.serve.endpoint import Endpoint

KEY = "sk-not-for-the-log"
MakeJob = Callable[..., PointJob]


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """Run the fork server for the whole session."""
    fork_server.warm_up()
    yield
    fork_server.shut_down()


@pytest.fixture
def make_job(tmp_path: Path, tokenizer: Path) -> MakeJob:
    """Returns a function that makes jobs of one load; it takes fields of the sweep as keywords."""
    numbers = count(1)

    def make(
        url: str = "http://127.0.0.1:9/v1",
        concurrency: int = 1,
        requests: int = 5,
        seed: int = 1,
        **fields: Any,
    ) -> PointJob:
        defaults = {"name": "sweep", "input_tokens": 64, "output_tokens": 16}
        load = ClosedLoop(concurrency=concurrency, requests=requests)
        return PointJob(
            sweep=Sweep(**(defaults | {"load": (load,)} | fields)),
            load=load,
            repeat=0,
            attempt=0,
            run_name="run",
            endpoint=Endpoint(url=url, model="stub", tokenizer=str(tokenizer), api_key=KEY),
            folder=tmp_path / f"job-{next(numbers)}",
            seed=seed,
        )

    return make
