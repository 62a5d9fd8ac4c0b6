"""The strategies of GuideLLM as loads of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.errors import InputError
from tasks.exchange.readers.reader_registry import read_foreign_run
from tests.exchange.test_readers import PATHS


def with_strategy(folder: Path, **strategy: object) -> Path:
    """A copy of the file with another strategy."""
    content = json.loads(PATHS["guidellm"].read_text())
    content["benchmarks"][0]["config"]["strategy"] = strategy
    file = folder / "guidellm.json"
    file.write_text(json.dumps(content))
    return file


@pytest.mark.parametrize("arrival", ["constant", "poisson"])
def test_requests_at_equal_gaps_are_no_poisson_arrivals(tmp_path: Path, arrival: str) -> None:
    (point,) = read_foreign_run(with_strategy(tmp_path, type_=arrival, rate=2.5)).points
    assert isinstance(point.load, OpenLoop)
    assert (point.load.rate, point.load.arrival) == (2.5, arrival)


@pytest.mark.parametrize("kind", ["throughput", "incremental"])
def test_another_strategy_is_no_load_of_ours(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match=kind):
        read_foreign_run(with_strategy(tmp_path, type_=kind, rate=2.5))


def test_a_rate_that_grows_at_first_is_refused_and_streams_that_begin_apart_are_not(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ramps up"):
        read_foreign_run(with_strategy(tmp_path, type_="constant", rate=2.5, rampup_duration=10.0))
    (point,) = read_foreign_run(
        with_strategy(tmp_path, type_="concurrent", streams=4, rampup_duration=1.0)
    ).points
    assert point.load.slots == 4
    assert read_foreign_run(with_strategy(tmp_path, type_="constant", rate=2.5, rampup_duration=0.0)).points
