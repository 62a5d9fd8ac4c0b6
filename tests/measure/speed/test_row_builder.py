"""Rows of requests: times, tokens and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.measure.jobs import PointJob
from tasks.measure.speed.connection import Response
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.response.response_parser import ParsedResponse
from tasks.measure.speed.response.usage import Usage
from tasks.measure.speed.row_builder import BROKEN_OFF, NO_OUTPUT, NO_TOKEN, build_row
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest
from tests.measure.conftest import KEY, MakeJob

COMPLETE: dict[str, Any] = {
    "output_times": [11.0, 12.0, 14.0],
    "last_time": 15.0,
    "usage": Usage(input_tokens=7, claimed_output_tokens=3),
    "finish_reason": "stop",
    "model": "stub",
}


@pytest.fixture
def job(make_job: MakeJob) -> PointJob:
    """A job with one request of warm-up."""
    return make_job(warmup_requests=1)


def built(job: PointJob, index: int = 1, **fields: Any) -> RequestRow:
    """The row of a request, due at 9.5 s and sent at 10 s; takes fields of the parsed response."""
    parsed = ParsedResponse(**(COMPLETE | fields))
    request = SentRequest(
        PlannedRequest(index, warmup=index < 1, output_tokens=16),
        due_at=9.5,
        response=Response(sent_at=10.0, status=200),
        parsed=parsed,
    )
    return build_row(job, request, lambda moment: datetime.fromtimestamp(moment, UTC))


def failed(job: PointJob, error: str, status: int | None = None) -> RequestRow:
    """The row of a request that was not sent, or got an error."""
    request = SentRequest(PlannedRequest(1), due_at=9.5, response=Response(status=status), error=error)
    return build_row(job, request, lambda moment: datetime.fromtimestamp(moment, UTC))


def test_times_count_from_the_sending(job: PointJob) -> None:
    row = built(job)
    assert row.sent_at == datetime.fromtimestamp(10, UTC)
    assert (row.client_delay_s, row.ttft_s, row.latency_s) == (0.5, 1.0, 5.0)
    assert (row.tpot_s, row.itl_s) == (2.0, (1.0, 2.0))
    assert (row.input_tokens, row.output_tokens, row.finish_reason) == (7, 3, "stop")
    assert (row.succeeded, row.error, row.warmup) == (True, None, False)


def test_the_first_requests_are_warm_up(job: PointJob) -> None:
    assert built(job, index=0).warmup


def test_a_single_token_without_text_arrives_with_the_end(job: PointJob) -> None:
    row = built(job, output_times=[], usage=Usage(7, 1))
    assert (row.ttft_s, row.tpot_s, row.succeeded) == (5.0, None, True)


def test_tokens_that_arrive_at_once_have_no_tpot(job: PointJob) -> None:
    row = built(job, output_times=[15.0] * 3)
    assert (row.ttft_s, row.tpot_s, row.succeeded) == (5.0, None, True)


def test_an_answer_without_usage_keeps_its_times(job: PointJob) -> None:
    row = built(job, usage=Usage())
    assert (row.succeeded, row.ttft_s, row.latency_s, row.itl_s) == (True, 1.0, 5.0, (1.0, 2.0))
    assert (row.tpot_s, row.input_tokens, row.output_tokens) == (None, None, None)


@pytest.mark.parametrize("marked", [{"ended": True}, {"usage": Usage(7, 16)}])
def test_an_answer_without_finish_reason_may_be_complete(job: PointJob, marked: dict[str, Any]) -> None:
    assert built(job, finish_reason=None, **marked).succeeded


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"output_times": [], "usage": Usage(7, 0)}, NO_TOKEN),
        ({"output_times": [], "last_time": None}, NO_OUTPUT),
        (
            {"output_times": [], "last_time": None, "stray_text": "sign in"},
            f"{NO_OUTPUT}; it says 'sign in'",
        ),
        ({"finish_reason": None}, f"{BROKEN_OFF} (3 of 16 tokens)"),
        ({"finish_reason": None, "usage": Usage()}, f"{BROKEN_OFF} (an unknown number of 16 tokens)"),
        ({"error": '{"error": {"message": "out of memory"}}'}, "out of memory"),
        ({"model": "another"}, "the answer is of model 'another', not 'stub'"),
    ],
)
def test_a_response_without_figures_is_a_failure(job: PointJob, fields: dict[str, Any], error: str) -> None:
    row = built(job, **fields)
    assert (row.error, row.succeeded, row.latency_s, row.itl_s) == (error, False, None, ())


def test_an_error_has_the_status_and_no_key(job: PointJob) -> None:
    assert failed(job, f"bad key {KEY}", 401).error == "HTTP 401: bad key ***"
    assert failed(job, "404: Not Found", 404).error == "HTTP 404: Not Found"
    row = failed(job, "ConnectionError: cannot connect")
    assert (row.error, row.client_delay_s) == ("ConnectionError: cannot connect", None)
    assert row.sent_at == datetime.fromtimestamp(9.5, UTC)
