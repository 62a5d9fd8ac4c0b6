"""Points measured at a server whose /metrics are those of another engine: no false warning."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stub.process import Stub
from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.audit.verdict import Verdict
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.send_load import measure_point
from tasks.probe.http_client import client_for
from tasks.probe.sampler import ServerSource, readings, sampling
from tasks.probe.server_metrics import read_metrics
from tests.audit import other_engines
from tests.audit.other_engines import Page, TranslatedMetrics
from tests.measure.conftest import KEY

pytestmark = pytest.mark.usefixtures("warm")
Start = Callable[..., Stub]
MadeBusy = {
    "client_clock",
    "client_stall",
    "client_processor",
    "client_delay",
    "ttft",
    "tpot",
    "drift",
    "waves",
}
"""Checks of times, which other work on the test machine may set off."""


def measured(job: PointJob, page: Page, speculation: bool = False) -> Verdict:
    """Measure a point while /metrics are those of another engine, and audit it."""
    with client_for(job.endpoint, TranslatedMetrics(job.endpoint, page)) as client:
        before = read_metrics(job.endpoint, client=client)
        source = ServerSource(job.endpoint, 0.05, TranslatedMetrics(job.endpoint, page))
        with sampling(source) as samples:
            measurement = measure_point(job, lambda: None, lambda done, total: None)
        after = read_metrics(job.endpoint, client=client)
    seen = (*readings(before), *samples.rows, *readings(after), *measurement.readings)
    result = point_result(job, measurement, seen)
    assert (result["accepted_length"] is not None) == speculation
    assert (result["acceptance_rate"] is not None) == speculation
    return audit_point(Evidence(job.sweep, result, measurement.rows, before, after, seen))


def verdicts(verdict: Verdict) -> dict[str, str]:
    """The verdict of each check by its name."""
    return {check.check: check.verdict for check in verdict.checks}


def sentences(verdict: Verdict) -> dict[str, str]:
    """The sentence of each check by its name."""
    return {check.check: check.sentence for check in verdict.checks}


@pytest.mark.parametrize(
    ("page", "valid", "unchecked"),
    [
        (
            other_engines.sglang,
            {"requests_counted", "output_counted", "input_counted", "speculation"},
            {"preemptions": "the server's /metrics do not show preemptions"},
        ),
        (
            other_engines.llamacpp,
            {"output_counted", "input_counted", "prefix_cache"},
            {
                "requests_counted": "llama.cpp does not report how many requests it served",
                "preemptions": "llama.cpp does not report preemptions",
                "ttft": "llama.cpp does not report its TTFT",
                "speculation": "the server's /metrics do not show drafted tokens",
            },
        ),
        (
            other_engines.newer_llamacpp,
            {"output_counted", "input_counted", "prefix_cache", "speculation"},
            {
                "requests_counted": "llama.cpp does not report how many requests it served",
                "ttft": "llama.cpp does not report its TTFT",
            },
        ),
        (
            other_engines.tgi,
            {"requests_counted", "output_counted", "input_counted", "speculation"},
            {
                "ttft": "TGI does not report its TTFT",
                "tpot": "TGI does not report its TPOT",
                "preemptions": "TGI does not report preemptions",
            },
        ),
        (
            other_engines.tensorrt_llm,
            {"requests_counted"},
            {
                "speculation": "the server's /metrics do not show drafted tokens",
                "output_counted": "the server's /metrics do not show how many output tokens it served",
                "preemptions": "TensorRT-LLM does not report preemptions",
            },
        ),
    ],
    ids=["SGLang", "llama.cpp", "newer llama.cpp", "TGI", "TensorRT-LLM"],
)
def test_no_false_warning(
    stub: Start, make_job: Callable[..., PointJob], page: Page, valid: set[str], unchecked: dict[str, str]
) -> None:
    server = stub(ttft=0.05, itl=0.01, prompt_tokens=64, api_key=KEY)
    verdict = measured(make_job(server.url, concurrency=2, requests=10), page)
    found = verdicts(verdict)
    assert {name for name in found if found[name] in ("suspect", "invalid")} <= MadeBusy
    assert {found[name] for name in valid | {"metrics", "restart"}} == {"valid"}
    for name, sentence in unchecked.items():
        assert (found[name], sentences(verdict)[name]) == ("unchecked", sentence)
    times = {"ttft", "tpot"} - unchecked.keys()
    assert all("ms at the server" in sentences(verdict)[name] for name in times)


def test_an_engine_that_drafts_random_tokens_is_suspect(
    stub: Start, make_job: Callable[..., PointJob]
) -> None:
    server = stub(ttft=0.05, itl=0.01, prompt_tokens=64, api_key=KEY)
    job = make_job(server.url, concurrency=2, requests=10)
    verdict = measured(job, other_engines.drafting_sglang, speculation=True)
    assert verdicts(verdict)["speculation"] == "suspect"
    assert "drafted tokens (50% accepted, 2.00 tokens a draft)" in sentences(verdict)["speculation"]
