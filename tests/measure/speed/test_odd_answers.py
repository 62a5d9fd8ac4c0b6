"""Answers that come in odd wrappings: the same tokens at the same times all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.measure.jobs import PointJob
from tasks.measure.speed.point import measure_point
from tasks.measure.speed.point_figures import point_result
from tests.measure.speed.odd_server import PASSES, WHOLE, odd_server
from tests.stub.process import Stub, stub_server

pytestmark = pytest.mark.usefixtures("warm")
TTFT, ITL, TOKENS = 0.05, 0.02, 16


@pytest.fixture(scope="module")
def behind(tokenizer: Path) -> Iterator[tuple[Stub, str]]:
    """A stub, and the address of the odd server before it."""
    with stub_server(ttft=TTFT, itl=ITL, tokenizer=str(tokenizer)) as stub, odd_server(stub.url) as url:
        yield stub, url


@pytest.mark.parametrize("name", PASSES)
def test_the_same_is_heard(behind: tuple[Stub, str], make_job: Callable[..., PointJob], name: str) -> None:
    stub, url = behind
    stub.clear_log()
    found = measure_point(make_job(f"{url}/{name}", requests=3), lambda: None, lambda done, total: None)
    assert [row.error for row in found.rows] == [None] * 3
    assert {(row.output_tokens, len(row.itl_s)) for row in found.rows} == {(TOKENS, TOKENS - 1)}
    assert {row.input_tokens for row in found.rows} == {row.prompt_tokens for row in stub.log()}
    for row in found.rows:
        assert row.ttft_s == pytest.approx(TTFT, abs=0.03)
        assert row.tpot_s == pytest.approx(ITL, abs=0.01)


def test_an_answer_that_comes_at_once_has_no_time_between_tokens(
    behind: tuple[Stub, str], make_job: Callable[..., PointJob]
) -> None:
    _, url = behind
    job = make_job(f"{url}/{WHOLE}", requests=3)
    found = measure_point(job, lambda: None, lambda done, total: None)
    assert [(row.error, row.output_tokens, row.tpot_s) for row in found.rows] == [(None, TOKENS, None)] * 3
    assert point_result(job, found)["tpot_mean_s"] is None
