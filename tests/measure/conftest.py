"""What the tests of measuring share: a warm pool, jobs that point at a stub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tasks.config.load import Load
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import pool
from tasks.serve.endpoint import Endpoint

KEY = "sk-not-for-the-log"


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """The fork server, for the whole session."""
    pool.warm_up()
    yield
    pool.shut_down()


@pytest.fixture
def make_job(tmp_path: Path, tokenizer: Path) -> Callable[..., PointJob]:
    """Makes jobs of one load; sweep fields as keywords."""
    numbers = count(1)

    def make(
        url: str = "http://127.0.0.1:9/v1",
        concurrency: int = 1,
        requests: int = 5,
        seed: int = 1,
        **fields: Any,
    ) -> PointJob:
        defaults = {"name": "sweep", "input_tokens": 64, "output_tokens": 16}
        load = Load(concurrency=concurrency, requests=requests)
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
