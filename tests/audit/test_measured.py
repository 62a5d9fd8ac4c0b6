"""Points measured against a stub that goes wrong on purpose, judged by its own counters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest
from psutil import NoSuchProcess, Process

from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.audit.verdict import Check, Verdict
from tasks.measure.jobs import PointJob
from tasks.measure.speed.point import measure_point
from tasks.probe.sampler import ServerSource, sampling
from tasks.probe.server_metrics import read_metrics
from tests.measure.conftest import KEY
from tests.stub.process import Stub

Start = Callable[..., Stub]

pytestmark = pytest.mark.usefixtures("warm")


def judged(job: PointJob, progress: Callable[[int, int], None] = lambda done, total: None) -> Verdict:
    """Measure one point and hold it against what the server told before, meanwhile and after."""
    before = read_metrics(job.endpoint)
    with sampling(ServerSource(job.endpoint, 0.1)) as samples:
        found = measure_point(job, lambda: None, progress)
    after = read_metrics(job.endpoint)
    readings = (*samples.rows, *found.readings)
    return audit_point(Evidence(job.sweep, found.result, found.rows, before, after, readings))


def fired(verdict: Verdict) -> dict[str, Check]:
    """The checks that hold something against the point."""
    return {check.check: check for check in verdict.checks if check.verdict in ("suspect", "invalid")}


@pytest.mark.parametrize(
    ("kind", "check", "says"),
    [
        ("short", "output_length", "1 answers have other than 16 output tokens (the first has 15)"),
        ("lying_usage", "output_counted", "the server counted 160 output tokens, the client 161"),
        ("cached", "prefix_cache", "10.0% of the prompt tokens came from the prefix cache"),
        ("drop", "failures", "1 of 10 requests failed"),
        ("error429", "rejections", "the server rejected 1 requests"),
    ],
)
def test_one_bad_answer_of_ten_breaks_the_point(
    stub: Start, make_job: Callable[..., PointJob], kind: str, check: str, says: str
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    server.faults([{"kind": kind, "first": 4, "count": 1}])
    verdict = judged(make_job(server.url, concurrency=2, requests=10))
    assert verdict.verdict == "invalid"
    assert fired(verdict)[check].verdict == "invalid"
    assert says in fired(verdict)[check].sentence
    assert fired(verdict)[check].sentence in verdict.reasons


def test_questions_that_are_found_in_the_cache_break_the_point(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    """A chat's prompts may share their template, not themselves."""
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "cached"}])
    questions = {"dataset": "openqa", "endpoint": "chat"}
    verdict = judged(make_job(server.url, concurrency=2, requests=10, **questions))
    assert "prompts were repeated" in fired(verdict)["prefix_cache"].sentence


def test_a_client_that_is_held_up_is_noticed(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.05, itl=0.001, prompt_tokens=64, api_key=KEY)
    with held_up(server.pid):
        verdict = judged(make_job(server.url, concurrency=2, requests=40))
    assert verdict.verdict == "suspect"
    assert "late in a usual second" in fired(verdict)["client_clock"].sentence


def test_a_server_that_is_restarted_in_the_middle_is_noticed(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    servers = [stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)]

    def restart(done: int, total: int) -> None:
        if done >= 5 and len(servers) == 1:
            servers[0].kill()
            servers.append(stub(port=servers[0].port, prompt_tokens=64, api_key=KEY))

    verdict = judged(make_job(servers[0].url, concurrency=2, requests=20), restart)
    assert verdict.verdict == "invalid"
    assert "restarted meanwhile" in fired(verdict)["restart"].sentence


def test_a_server_without_metrics_is_audited_as_far_as_it_goes(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, no_metrics=True, api_key=KEY)
    server.faults([{"kind": "short", "first": 4, "count": 1}])
    verdict = judged(make_job(server.url, concurrency=2, requests=10))
    assert fired(verdict)["output_length"].verdict == "invalid"
    assert "the server has no /metrics like vLLM's: figures are the client's alone" in verdict.reasons
    unchecked = {check.check for check in verdict.checks if check.verdict == "unchecked"}
    assert unchecked >= {"metrics", "restart", "requests_counted", "preemptions", "ttft", "tpot"}


@contextmanager
def held_up(server: int) -> Iterator[None]:
    """Every measuring process stands still for 60 ms, half of the time."""
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            held = [child for child in Process().children(recursive=True) if child.pid != server]
            for signal in (SIGSTOP, SIGCONT):
                for child in held:
                    with suppress(NoSuchProcess):
                        child.send_signal(signal)
                over.wait(0.06) if signal is SIGCONT else time.sleep(0.06)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_someone_else_at_the_server_is_noticed(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10)
    before = read_metrics(job.endpoint)
    measure_point(make_job(server.url, requests=1, seed=2), lambda: None, lambda done, total: None)
    found = measure_point(job, lambda: None, lambda done, total: None)
    evidence = Evidence(job.sweep, found.result, found.rows, before, read_metrics(job.endpoint))
    verdict = audit_point(evidence)
    assert verdict.verdict == "invalid"
    assert "the server counted 11 requests, the client 10" in verdict.reasons[0]


def test_tokens_in_one_piece_leave_no_tpot(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, tokens_per_chunk=100, api_key=KEY)
    job: Any = make_job(server.url, concurrency=2, requests=10)
    found = measure_point(job, lambda: None, lambda done, total: None)
    assert {len(row.itl_s) for row in found.rows} == {1}
    verdict = audit_point(Evidence(job.sweep, found.result, found.rows, None, None, found.readings))
    assert any("a chunk holds 8.0 tokens" in reason for reason in verdict.reasons)
