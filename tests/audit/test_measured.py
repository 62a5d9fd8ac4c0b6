"""Points measured against a stub that goes wrong on purpose, judged by its own counters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tasks.audit.evidence import Evidence
from tasks.audit.point import audit_point
from tasks.audit.results import Verdict
from tasks.measure.jobs import PointJob
from tasks.measure.points import measure_point
from tasks.probe.metrics import read_metrics
from tests.measure.conftest import KEY
from tests.stub.process import Stub

pytestmark = pytest.mark.usefixtures("warm")


def judged(server: Stub, job: PointJob) -> Verdict:
    """Measure one point and hold it against the stub's counters."""
    before = read_metrics(job.endpoint)
    found = measure_point(job, lambda: None, lambda done, total: None)
    after = read_metrics(job.endpoint)
    return audit_point(Evidence(job.sweep, found.result, found.rows, before, after, found.readings))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("short", "1 answers have other than 16 output tokens (the first has 15)"),
        ("lying_usage", "the server counted 160 output tokens, the client 161"),
        ("cached", "10.0% of the prompt tokens came from the prefix cache"),
        ("drop", "1 of 10 requests failed"),
    ],
)
def test_one_bad_answer_of_ten_breaks_the_point(
    stub: Callable[..., Stub], make_job: Callable[..., PointJob], kind: str, says: str
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    server.faults([{"kind": kind, "first": 4, "count": 1}])
    verdict = judged(server, make_job(server.url, concurrency=2, requests=10))
    assert verdict.verdict == "invalid"
    assert any(says in reason for reason in verdict.reasons), verdict.reasons


def test_someone_else_at_the_server_is_noticed(
    stub: Callable[..., Stub], make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10)
    before = read_metrics(job.endpoint)
    measure_point(make_job(server.url, requests=1, seed=2), lambda: None, lambda done, total: None)
    found = measure_point(job, lambda: None, lambda done, total: None)
    evidence = Evidence(job.sweep, found.result, found.rows, before, read_metrics(job.endpoint))
    verdict = audit_point(evidence)
    assert verdict.verdict == "invalid"
    assert "the server counted 11 requests, the client 10" in verdict.reasons[0]


def test_tokens_in_one_piece_leave_no_tpot(
    stub: Callable[..., Stub], make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, tokens_per_chunk=100, api_key=KEY)
    job: Any = make_job(server.url, concurrency=2, requests=10)
    found = measure_point(job, lambda: None, lambda done, total: None)
    assert {len(row.itl_s) for row in found.rows} == {1}
    verdict = audit_point(Evidence(job.sweep, found.result, found.rows, None, None, found.readings))
    assert any("a chunk holds 8.0 tokens" in reason for reason in verdict.reasons)
