"""Audits of points measured against a stub server with faults; the stub keeps its own counters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals
from typing import Any

import pytest
from psutil import NoSuchProcess, Process

from stub.process import Stub
from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.audit.verdict import Check, Verdict
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.send_load import measure_point
from tasks.probe.sampler import ServerSource, sampling
from tasks.probe.server_metrics import read_metrics
from tests.measure.conftest import KEY

Start = Callable[..., Stub]

pytestmark = pytest.mark.usefixtures("warm")


def no_progress(done: int, total: int) -> None:
    """Show nothing."""


def no_start() -> None:
    """Do nothing when the load starts."""


def measured_verdict(job: PointJob, progress: Callable[[int, int], None] = no_progress) -> Verdict:
    """Measure one point and audit it."""
    before = read_metrics(job.endpoint)
    with sampling(ServerSource(job.endpoint, 0.1)) as samples:
        measurement = measure_point(job, no_start, progress)
    after = read_metrics(job.endpoint)
    readings = (*samples.rows, *measurement.readings)
    result = point_result(job, measurement)
    return audit_point(Evidence(job.sweep, result, measurement.rows, before, after, readings))


def bad_checks(verdict: Verdict) -> dict[str, Check]:
    """The checks that are suspect or invalid."""
    return {check.check: check for check in verdict.checks if check.verdict in ("suspect", "invalid")}


@pytest.mark.parametrize(
    ("kind", "check", "text"),
    [
        ("short", "output_length", "1 of 10 answers do not have 16 output tokens (the first has 15)"),
        ("lying_usage", "output_counted", "the server counted 160 output tokens, the load generator 161"),
        ("cached", "prefix_cache", "10.0% of the prompt tokens came from the prefix cache"),
        ("drop", "failures", "1 of 10 requests failed"),
        ("error429", "rejections", "the server rejected 1 request"),
    ],
)
def test_one_bad_answer_of_ten_makes_the_point_invalid(
    stub: Start, make_job: Callable[..., PointJob], kind: str, check: str, text: str
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    server.faults([{"kind": kind, "first": 4, "count": 1}])
    verdict = measured_verdict(make_job(server.url, concurrency=2, requests=10))
    assert verdict.verdict == "invalid"
    assert bad_checks(verdict)[check].verdict == "invalid"
    assert text in bad_checks(verdict)[check].sentence
    assert bad_checks(verdict)[check].sentence in verdict.reasons


def test_questions_found_in_the_prefix_cache_make_the_point_invalid(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    """Chat prompts may share their template, but no more."""
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "cached"}])
    questions = {"dataset": "openqa", "endpoint": "chat"}
    verdict = measured_verdict(make_job(server.url, concurrency=2, requests=10, **questions))
    assert "prompts were repeated" in bad_checks(verdict)["prefix_cache"].sentence


SHARED: dict[str, tuple[dict[str, Any], float]] = {
    "one": ({"prefix_tokens": 36}, 19 * 36 / 20 / 100),
    "several": ({"prefixes": {"count": 3, "tokens": 36}}, 17 * 36 / 20 / 100),
    "share": ({"input_tokens": 100, "cache_hit_share": 0.6}, 19 * 60 / 20 / 100),
}
"""What prompts share, and the share of 20 prompts of 100 tokens that an earlier prompt has too."""


@pytest.mark.parametrize("name", SHARED)
def test_prompts_share_as_many_tokens_as_planned(
    stub: Start, make_job: Callable[..., PointJob], tokenizer: Path, name: str
) -> None:
    """Two processes send the same prefixes. A point with another seed shares nothing with this one."""
    fields, expected = SHARED[name]
    server = stub(ttft=0.01, itl=0.001, tokenizer=str(tokenizer), prefix_cache=True, api_key=KEY)
    for seed in (1, 2):
        job = make_job(
            server.url, concurrency=2, requests=20, clients=2, seed=seed, **{"input_tokens": 64, **fields}
        )
        check = check_of(measured_verdict(job), "prefix_cache")
        assert check.verdict == "valid", check.sentence
        assert check.value == pytest.approx(expected)


def test_a_cache_that_misses_what_prompts_share_makes_the_point_suspect(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10, input_tokens=64, cache_hit_share=0.5)
    check = check_of(measured_verdict(job), "prefix_cache")
    assert (check.verdict, check.value) == ("suspect", 0.0)
    assert check.sentence == (
        "0.0% of the prompt tokens came from the prefix cache (prompts may share 45.0%): "
        "it missed tokens that prompts share on purpose"
    )


def check_of(verdict: Verdict, name: str) -> Check:
    """The check of this name."""
    return next(check for check in verdict.checks if check.check == name)


def test_a_paused_load_generator_is_noticed(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.05, itl=0.001, prompt_tokens=64, api_key=KEY)
    with paused_load_generator(server.pid):
        verdict = measured_verdict(make_job(server.url, concurrency=2, requests=40))
    assert verdict.verdict == "suspect"
    assert "event loop lagged" in bad_checks(verdict)["client_clock"].sentence


def test_a_server_restart_during_the_point_is_noticed(stub: Start, make_job: Callable[..., PointJob]) -> None:
    servers = [stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)]

    def restart(done: int, total: int) -> None:
        if done >= 5 and len(servers) == 1:
            servers[0].kill()
            servers.append(stub(port=servers[0].port, prompt_tokens=64, api_key=KEY))

    verdict = measured_verdict(make_job(servers[0].url, concurrency=2, requests=20), restart)
    assert verdict.verdict == "invalid"
    assert "restarted during the point" in bad_checks(verdict)["restart"].sentence


def test_a_server_without_metrics_is_audited_by_its_answers(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, no_metrics=True, api_key=KEY)
    server.faults([{"kind": "short", "first": 4, "count": 1}])
    verdict = measured_verdict(make_job(server.url, concurrency=2, requests=10))
    assert bad_checks(verdict)["output_length"].verdict == "invalid"
    assert (
        "the server has no /metrics with the counters of a known engine "
        "(vLLM, SGLang, TGI, llama.cpp, TensorRT-LLM): nothing confirms the load generator's figures"
        in verdict.notes
    )
    unchecked = {check.check for check in verdict.checks if check.verdict == "unchecked"}
    assert unchecked >= {"metrics", "restart", "requests_counted", "preemptions", "ttft", "tpot"}


@contextmanager
def paused_load_generator(server: int) -> Iterator[None]:
    """Stop every measuring process for 60 ms, then continue it for 60 ms, again and again."""
    over = threading.Event()

    def signal_children(signal: Signals) -> None:
        for child in Process().children(recursive=True):
            if child.pid != server:
                with suppress(NoSuchProcess):
                    child.send_signal(signal)

    def pause() -> None:
        while not over.is_set():
            signal_children(SIGSTOP)
            time.sleep(0.06)
            signal_children(SIGCONT)
            over.wait(0.06)

    thread = threading.Thread(target=pause)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_another_client_of_the_server_is_noticed(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10)
    before = read_metrics(job.endpoint)
    measure_point(make_job(server.url, requests=1, seed=2), no_start, no_progress)
    measurement = measure_point(job, no_start, no_progress)
    result, after = point_result(job, measurement), read_metrics(job.endpoint)
    evidence = Evidence(job.sweep, result, measurement.rows, before, after)
    verdict = audit_point(evidence)
    assert verdict.verdict == "invalid"
    assert "the server counted 11 requests, the load generator 10" in verdict.reasons[0]


def test_a_single_chunk_shows_no_tpot(stub: Start, make_job: Callable[..., PointJob]) -> None:
    server = stub(ttft=0.01, itl=0.001, prompt_tokens=64, tokens_per_chunk=100, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10)
    measurement = measure_point(job, no_start, no_progress)
    assert {len(row.itl_s) for row in measurement.rows} == {1}
    verdict = audit_point(
        Evidence(
            job.sweep, point_result(job, measurement), measurement.rows, None, None, measurement.readings
        )
    )
    assert any("a chunk holds 8.0 tokens" in note for note in verdict.notes)
