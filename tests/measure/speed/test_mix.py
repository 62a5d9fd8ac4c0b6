"""A mix of two sweeps against the stub: each request is what its own sweep sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from statistics import fmean
from typing import Any

import pytest

from stub.process import Stub
from tasks.audit.audit_point import audit_point
from tasks.audit.evidence import Evidence
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.speed.observe_point import observe_point
from tasks.measure.speed.send_load import measure_point
from tasks.plan.mixed_sweep import with_parts
from tasks.record.rows import request_row
from tests.measure.conftest import KEY, MakeJob

pytestmark = pytest.mark.usefixtures("warm")
CHAT = Sweep(name="chat", endpoint="chat", dataset="openqa", max_tokens=12, request={"top_k": 3})
LONG = Sweep(name="long", input_tokens=120, output_tokens={"uniform": [4, 30]}, prefix_tokens=40)


def mixed(job: PointJob, **fields: Any) -> PointJob:
    """The job with a mix of the two sweeps in place of its own."""
    parts = [{"sweep": "chat", "share": 0.6}, {"sweep": "long", "share": 0.4}]
    named = Sweep.model_validate({"name": "office", "mix": parts, "load": (job.load,), **fields})
    return job.model_copy(update={"sweep": with_parts(named, (CHAT, LONG, named))})


@pytest.mark.parametrize("clients", [1, 2])
def test_each_request_is_what_its_own_sweep_sends(
    stub: Callable[..., Stub], make_job: MakeJob, tokenizer: Any, clients: int
) -> None:
    server = stub(ttft=0.02, itl=0.002, tokenizer=tokenizer, api_key=KEY, prefix_cache=True)
    job = mixed(make_job(server.url, concurrency=4, requests=40), clients=clients, warmup_requests=4)
    send = partial(measure_point, job, lambda: None, lambda done, total: None)
    observed = observe_point(job, send, (), None)
    rows, planned = observed.rows, job.planned_requests()
    assert [row.part for row in rows] == [request.part for request in planned]
    assert [row.planned_output_tokens for row in rows] == [request.output_tokens for request in planned]
    counts = Counter(row.part for row in rows)
    assert min(counts.values()) > 5
    log = server.log()
    assert Counter(entry.path.rsplit("/", 2)[-2] for entry in log) == {
        "chat": counts["chat"],
        "v1": counts["long"],
    }
    chats = [row for row in rows if row.part == "chat"]
    documents = [row for row in rows if row.part == "long"]
    assert {row.output_tokens for row in chats} == {12}
    assert {row.input_tokens for row in documents} == {160}
    assert [row.output_tokens for row in documents] == [row.planned_output_tokens for row in documents]
    assert sorted(row.output_tokens or 0 for row in rows) == sorted(entry.tokens for entry in log)
    assert len({entry.prompt_sha256 for entry in log}) == len(log)
    ttfts = [row.ttft_s or 0.0 for row in rows if not row.warmup]
    assert observed.result["ttft_mean_s"] == pytest.approx(fmean(ttfts))
    # A busy machine may disturb some of the requests; an error of the load generator is in all of them.
    assert min(ttfts) == pytest.approx(0.02, abs=0.015)
    assert request_row("run", observed.result, rows[0])["part"] == rows[0].part

    verdict = audit_point(
        Evidence(job.sweep, observed.result, rows, observed.before, observed.after, observed.readings)
    )
    verdicts = {check.check: check.verdict for check in verdict.checks}
    exact = ("failures", "output_length", "input_length", "usage", "prefix_cache")
    assert [verdicts[name] for name in exact] == ["valid"] * len(exact)
