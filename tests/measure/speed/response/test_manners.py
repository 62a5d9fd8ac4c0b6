"""Every manner of answering is heard with its exact times and tokens, or fails with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stub.manners.manner import TOKENS, Failed, Heard, Manner
from stub.manners.manner_registry import MANNERS
from tasks.audit.audit_point import audit_point
from tasks.measure.jobs import PointJob
from tasks.measure.speed.connection import Response
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.row_builder import build_row
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest
from tests.audit import made_up
from tests.measure.conftest import MakeJob
from tests.measure.speed.response.manner_docs import docs_path, tables

SENT_AT = 16.0
"""A binary fraction can be added to it without rounding."""
AUDITED = ("usage", "usage_missing", "usage_sum", "one_piece")


@pytest.fixture
def job(make_job: MakeJob) -> PointJob:
    """A job that asks for answers of a fixed length."""
    return make_job(output_tokens=TOKENS)


def answer(manner: Manner) -> SentRequest:
    """The request that was answered in this manner."""
    body, arrivals = b"", []
    for after_s, data in manner.pieces:
        body += data
        arrivals.append((SENT_AT + after_s, len(body)))
    response = Response(SENT_AT, arrivals, manner.status, manner.content_type, body)
    return SentRequest(PlannedRequest(0, output_tokens=4), SENT_AT, response)


def row_of(job: PointJob, manner: Manner) -> RequestRow:
    """The row of a request that is answered in this manner."""
    request = answer(manner)
    request.parse_response()
    return build_row(job, request, lambda moment: datetime.fromtimestamp(moment, UTC))


HEARD = [(manner, manner.outcome) for manner in MANNERS if isinstance(manner.outcome, Heard)]
FAILED = [(manner, manner.outcome) for manner in MANNERS if isinstance(manner.outcome, Failed)]


@pytest.mark.parametrize(("manner", "expected"), HEARD, ids=lambda value: getattr(value, "name", ""))
def test_an_answer_is_heard_with_exact_figures(job: PointJob, manner: Manner, expected: Heard) -> None:
    row = row_of(job, manner)
    assert (row.error, row.succeeded) == (None, True)
    assert (row.ttft_s, row.latency_s) == (expected.ttft, expected.latency)
    assert row.tpot_s == (expected.tpot and pytest.approx(expected.tpot, rel=1e-12))
    assert len(row.itl_s) + 1 == expected.chunks
    assert (row.input_tokens, row.output_tokens) == (expected.prompt_tokens, expected.tokens)
    assert row.finish_reason == expected.finish_reason


@pytest.mark.parametrize(("manner", "expected"), HEARD, ids=lambda value: getattr(value, "name", ""))
def test_only_figures_that_are_doubtful_are_doubted(job: PointJob, manner: Manner, expected: Heard) -> None:
    row = row_of(job, manner)
    rows = tuple(replace(row, index=index) for index in range(made_up.REQUESTS))
    checks = {check.check: check for check in audit_point(made_up.evidence(rows)).checks}
    doubts = [
        (name, checks[name].verdict) for name in AUDITED if checks[name].verdict not in ("valid", "unchecked")
    ]
    assert doubts == ([expected.doubt] if expected.doubt else [])


@pytest.mark.parametrize(("manner", "expected"), FAILED, ids=lambda value: getattr(value, "name", ""))
def test_a_broken_answer_fails_with_its_reason(job: PointJob, manner: Manner, expected: Failed) -> None:
    row = row_of(job, manner)
    assert row.error is not None
    assert expected.reason in row.error
    assert (row.succeeded, row.ttft_s, row.latency_s, row.itl_s) == (False, None, None, ())


def test_names_of_manners_differ() -> None:
    assert len({manner.name for manner in MANNERS}) == len(MANNERS)


def test_the_docs_list_exactly_these_manners() -> None:
    assert tables() in docs_path().read_text(encoding="utf-8")
