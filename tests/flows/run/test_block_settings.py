"""Blocks' variables reach the measuring processes, even where those were made ready before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from blocks.credentials import ModelHub
from flows.run.block_settings import with_blocks
from operate.serve_alone import serve_alone
from tasks.config.results_location import ResultsLocation
from tasks.config.spec_file import load_spec
from tasks.errors import InputError
from tasks.measure.jobs import PointJob
from tasks.measure.processes import pool
from tests.measure.conftest import make_job

__all__ = ["make_job"]


@pytest.mark.usefixtures("api")
def test_a_warm_fork_server_is_renewed(make_job: Callable[..., PointJob], tmp_path: Path) -> None:
    ModelHub(token=SecretStr("of-a-test"), mirror="http://mirror.test").save("warm", overwrite=True)
    spec = load_spec("smoke", ["blocks.hub=warm"])
    pool.warm_up()

    def seen() -> object:
        return pool.run_job(
            "tests.measure.processes.workers:hub",
            make_job(),
            check=lambda: None,
            progress=lambda _: None,
            timeout_s=60,
        )

    before = seen()
    with with_blocks(spec, ResultsLocation(folder=tmp_path)):
        assert seen() == ("of-a-test", "http://mirror.test")
    assert before != ("of-a-test", "http://mirror.test")
    pool.shut_down()  # the next test's must not have them


def test_a_server_alone_says_that_it_reads_no_blocks() -> None:
    with pytest.raises(InputError, match="blocks hub and host"):
        serve_alone(load_spec("smoke", ["blocks.hub=warm"]), print)
