"""Load points against the stub, whose timings are exact."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import fmean, median
from typing import Any

import psutil
import pytest

from stub.process import Stub
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.load_kinds.trace import Trace
from tasks.errors import ServerDied, TokenizerError
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.send_load import measure_point
from tasks.plan.trace_rows import with_requests
from tests.measure.conftest import KEY, MakeJob

pytestmark = pytest.mark.usefixtures("warm")
Stubs = Callable[..., Stub]


def measure(job: PointJob) -> tuple[PointResult, tuple[RequestRow, ...]]:
    """Measure a point without checks of the server."""
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    return point_result(job, measurement), measurement.rows


def due_times(rows: Sequence[RequestRow]) -> list[float]:
    """When each request was due, in seconds after the first; how late a busy machine sent it is left out."""
    due = sorted(row.sent_at - timedelta(seconds=row.client_delay_s or 0.0) for row in rows)
    return [(moment - due[0]).total_seconds() for moment in due]


def test_one_request_at_a_time_is_exact(stub: Stubs, make_job: MakeJob, tokenizer: Any) -> None:
    server = stub(ttft=0.05, itl=0.01, tokenizer=tokenizer, api_key=KEY)
    job = make_job(server.url, requests=5, output_tokens=32)
    progress: list[tuple[int, int]] = []
    measurement = measure_point(job, lambda: None, lambda done, total: progress.append((done, total)))
    result, rows = point_result(job, measurement), measurement.rows
    server_rows = server.log()
    # A busy machine may disturb some of the requests, an error of the load generator is in all of them.
    pairs = list(zip(rows, server_rows, strict=True))
    assert min(abs((row.ttft_s or 0.0) - served.ttft) for row, served in pairs) < 0.005
    assert min(abs((row.tpot_s or 0.0) / served.itl - 1) for row, served in pairs) < 0.02
    assert result["ttft_mean_s"] == pytest.approx(fmean(row.ttft_s or 0.0 for row in rows))
    assert result["tpot_mean_s"] == pytest.approx(fmean(row.tpot_s or 0.0 for row in rows))
    assert (result.succeeded, result.failed, result.first_error) == (5, 0, None)
    assert {row.input_tokens for row in rows} == {row.prompt_tokens for row in server_rows} == {64}
    assert {row.output_tokens for row in rows} == {32}
    assert {len(row.itl_s) for row in rows} == {31}
    assert {(row.status_code, row.finish_reason, row.cached_tokens) for row in rows} == {(200, "length", 0)}
    assert [row.index for row in rows] == list(range(5))
    assert result["ttft_p90_s"] is None
    assert progress[-1] == (5, 5)
    held_s = sum((row.client_delay_s or 0.0) + (row.latency_s or 0.0) for row in rows)
    assert result["duration_s"] == pytest.approx(held_s, abs=0.001)
    assert held_s >= 5 * (0.05 + 31 * 0.01)
    assert median(row.client_delay_s or 0.0 for row in rows) < 0.1
    files = {path.name for path in job.folder.iterdir()}
    assert files == {"requests.jsonl", "worker.log"}
    assert all(KEY not in path.read_text() for path in job.folder.iterdir())


def test_twenty_requests_at_a_time_have_the_servers_times(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.05, itl=0.01, prompt_tokens=64, api_key=KEY)
    result, rows = measure(make_job(server.url, concurrency=20, requests=60, output_tokens=64))
    server_rows = server.log()
    # A busy machine may disturb all requests of one moment: the quickest third and the median count.
    ttft = sorted(row.ttft_s or 0.0 for row in rows)
    assert ttft[20] == pytest.approx(sorted(entry.ttft for entry in server_rows)[20], abs=0.03)
    tpot, itl = median(row.tpot_s or 0.0 for row in rows), median(entry.itl for entry in server_rows)
    assert tpot == pytest.approx(itl, rel=0.1)
    assert result["ttft_mean_s"] == pytest.approx(fmean(ttft))
    assert result.succeeded == 60
    assert result["ttft_p95_s"] is not None
    tokens = sum(row.output_tokens or 0 for row in rows)
    assert result["output_token_throughput"] == pytest.approx(tokens / result.known("duration_s"))


def test_a_tokenizer_that_cannot_be_loaded_ends_the_run_before_any_request(
    stub: Stubs, make_job: MakeJob, tmp_path: Path
) -> None:
    server = stub(api_key=KEY)
    job = make_job(server.url)
    (tmp_path / "tokenizer_config.json").write_text("{}")
    endpoint = job.endpoint.model_copy(update={"tokenizer": str(tmp_path)})
    with pytest.raises(TokenizerError) as caught:
        measure(job.model_copy(update={"endpoint": endpoint}))
    assert caught.value.what == f"no tokenizer is found for {str(tmp_path)!r}"
    assert "server.tokenizer" in caught.value.remedy
    assert server.log() == []


def test_warm_up_is_sent_first_and_left_out(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    result, rows = measure(make_job(server.url, concurrency=2, requests=6, warmup_requests=3))
    assert [row.warmup for row in rows] == [True] * 3 + [False] * 6
    assert (result.succeeded, result.requests, len(server.log())) == (6, 6, 9)


@pytest.mark.parametrize("dataset", ["random", "openqa"])
@pytest.mark.parametrize("endpoint", ["completions", "chat"])
def test_no_prompt_begins_like_another(stub: Stubs, make_job: MakeJob, dataset: str, endpoint: str) -> None:
    server = stub(ttft=0.001, itl=0.001, api_key=KEY)
    for seed in (1, 2):
        fields = {"dataset": dataset, "endpoint": endpoint, "output_tokens": 4}
        result, _ = measure(make_job(server.url, concurrency=10, requests=70, seed=seed, **fields))
        assert result.succeeded == 70
    log = server.log()
    assert {row.path for row in log} == {
        "/v1/completions" if endpoint == "completions" else "/v1/chat/completions"
    }
    assert len({row.prompt_sha256 for row in log}) == 140
    assert len({row.prompt.strip()[:20] for row in log}) == 140


def test_drawn_lengths_are_sent_exactly_by_several_processes(
    stub: Stubs, make_job: MakeJob, tokenizer: Any
) -> None:
    """The same lengths as by one process, with other prompts; the server counts what was planned."""
    server = stub(ttft=0.001, itl=0.0005, api_key=KEY, tokenizer=tokenizer)
    drawn = {"uniform": [5, 90]}, {"lognormal": {"mean": 8, "sd": 6, "max": 30}}
    seen = []
    for seed, clients in ((1, 1), (2, 2)):
        server.clear_log()
        fields = {"input_tokens": drawn[0], "output_tokens": drawn[1], "clients": clients}
        job = make_job(server.url, concurrency=4, requests=40, warmup_requests=3, seed=seed, **fields)
        result, rows = measure(job)
        planned = [(row.input_tokens, row.output_tokens) for row in job.planned_requests()]
        assert [(row.planned_input_tokens, row.planned_output_tokens) for row in rows] == planned
        assert [(row.input_tokens, row.output_tokens) for row in rows] == planned
        assert sorted(row.prompt_tokens for row in server.log()) == sorted(row[0] or 0 for row in planned)
        assert result["input_tokens_max"] == max(row[0] or 0 for row in planned[3:])
        seen.append(planned)
    assert seen[0] == seen[1]


def test_several_processes_share_a_point(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.02, itl=0.005, api_key=KEY)
    job = make_job(server.url, concurrency=5, requests=23, warmup_requests=5, clients=2)
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    result, log = point_result(job, measurement), server.log()
    assert (result.succeeded, result.requests, len(log)) == (23, 23, 28)
    assert [row.index for row in measurement.rows] == list(range(28))
    assert sum(row.warmup for row in measurement.rows) == 5
    assert len({row.prompt_sha256 for row in log}) == 28
    assert len({row.peer for row in log}) == 5
    assert result["latency_p95_s"] is not None  # from all rows: one process has too few
    assert {reading.metric for reading in measurement.readings} >= {"cpu_share_p0", "cpu_share_p1"}


def test_an_open_loop_sends_on_time_though_the_server_is_slow(stub: Stubs, make_job: MakeJob) -> None:
    """By hand: waiting for each response would take 20 times 0.2 s; the queue of 19 takes as long."""
    server = stub(ttft=0.2, itl=0.001, slots=1, api_key=KEY)
    load = OpenLoop(rate=50.0, requests=20, arrival="constant")
    job = make_job(server.url, load=(load,)).model_copy(update={"load": load})
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    arrived = sorted(row.arrived for row in server.log())
    assert arrived[-1] - arrived[0] < 2
    assert due_times(measurement.rows) == pytest.approx([number / 50 for number in range(20)], abs=0.001)
    result = point_result(job, measurement)
    assert (result.succeeded, result.load) == (20, load)
    assert result.known("ttft_mean_s") > 1  # with the server's queue


def test_two_processes_keep_one_schedule_whose_first_request_warms_up(stub: Stubs, make_job: MakeJob) -> None:
    """One of the two has no warm-up. No request waits for the warm-up of the other, or for a response.

    By hand: a request that waited for the warm-up would be up to 1.9 s late.
    """
    server = stub(ttft=2.0, itl=0.001, api_key=KEY)
    load = OpenLoop(rate=10.0, requests=9, arrival="constant")
    job = make_job(server.url, load=(load,), warmup_requests=1, clients=2)
    _, rows = measure(job.model_copy(update={"load": load}))
    sent = sorted(rows, key=lambda row: row.sent_at)
    assert [row.warmup for row in sent] == [True] + [False] * 9
    assert due_times(rows) == pytest.approx([0.1 * number for number in range(10)], abs=0.01)
    assert max(row.client_delay_s or 0.0 for row in rows) < 1


def test_a_trace_is_sent_when_it_says_with_its_lengths_and_blocks(
    stub: Stubs, make_job: MakeJob, tokenizer: Any, tmp_path: Path
) -> None:
    """Two processes keep one schedule of 200 requests a second; the server sees the shared blocks."""
    path, lines = tmp_path / "trace.jsonl", []
    for number in range(400):
        ids = [number % 3, 1000 + number]
        row = {"timestamp": 5 * number, "input_length": 30, "output_length": 2, "hash_ids": ids}
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines))
    server = stub(ttft=0.01, itl=0.001, tokenizer=tokenizer, prefix_cache=True, api_key=KEY)
    load = with_requests(Trace(trace=str(path), block_tokens=20))
    job = make_job(server.url, load=(load,), input_tokens=1024, output_tokens=None, clients=2)
    result, rows = measure(job.model_copy(update={"load": load}))
    assert (result.succeeded, result.failed, result["pace"]) == (400, 0, None)
    assert {(row.input_tokens, row.output_tokens) for row in rows} == {(30, 2)}
    assert median(row.client_delay_s or 0.0 for row in rows) < 0.2
    assert due_times(rows) == pytest.approx([number * 0.005 for number in range(400)], abs=0.01)
    hits = sum(entry.cached_tokens for entry in server.log())
    assert 397 * 20 <= hits <= 397 * 20 + 20  # by chance, two prompts have the same token after a block
    assert sum(row.planned_shared_tokens or 0 for row in rows) == 397 * 20


def test_abandoned_requests_neither_succeed_nor_fail(stub: Stubs, make_job: MakeJob) -> None:
    """The server sees the connection close; a request whose answer ends earlier is complete."""
    server = stub(ttft=0.05, itl=0.1, api_key=KEY)
    abandon = {"share": 0.5, "after_s": 0.5}
    job = make_job(server.url, concurrency=4, requests=24, output_tokens=16, abandon=abandon)
    result, rows = measure(job)
    abandoned = [row for row in rows if row.abandoned]
    planned = [request.number for request in job.planned_requests() if request.abandon_after_s]
    assert [row.index for row in abandoned] == planned
    assert 5 <= len(abandoned) <= 19
    assert (result.succeeded, result.failed, result.abandoned) == (24 - len(planned), 0, len(planned))
    assert {(row.error, row.latency_s, row.ttft_s, row.succeeded) for row in abandoned} == {
        (None, None, None, False)
    }
    assert sum(entry.status == 499 for entry in server.log()) == len(planned)
    gone = sum(4 <= number < 20 for number in planned)  # of the requests without the first and the last four
    per_second = 4 * (16 - gone) / ((16 - gone) * 1.55 + gone * 0.5)
    assert result["sustained_throughput"] == pytest.approx(per_second, rel=0.2)
    assert result["latency_mean_s"] == pytest.approx(0.05 + 15 * 0.1, rel=0.2)
    quick = measure(make_job(server.url, concurrency=4, requests=8, output_tokens=2, abandon=abandon))[0]
    assert (quick.succeeded, quick.abandoned) == (8, 0)


def test_an_open_loop_falls_behind_where_its_server_cannot_keep_up(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.05, itl=0.001, slots=1, api_key=KEY)
    # 15 tokens later a slot is free: 15.4 a second, which is 61 % of 25.
    for rate, requests, least, most in ((4.0, 20, 0.8, 1.2), (25.0, 40, 0.0, 0.75)):
        load = OpenLoop(rate=rate, requests=requests, arrival="constant")
        job = make_job(server.url, load=(load,)).model_copy(update={"load": load})
        measurement = measure_point(job, lambda: None, lambda done, total: None)
        assert least < point_result(job, measurement).known("pace") < most


def test_a_closed_loop_sustains_what_its_server_can_do(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.05, itl=0.005, slots=4, api_key=KEY)
    result, rows = measure(make_job(server.url, concurrency=5, requests=23))
    # By hand: the first five and the last five are left out, and four slots would give 4 / 0.125 a second.
    held = [
        (row.client_delay_s or 0.0) + (row.latency_s or 0.0)
        for row in sorted(rows, key=lambda row: row.sent_at)
    ]
    assert result["sustained_throughput"] == pytest.approx(5 / fmean(held[5:-5]))
    assert 4 / 0.125 / 3 < result.known("sustained_throughput") < 4 / 0.125 * 1.05
    assert measure(make_job(server.url, concurrency=5, requests=11))[0]["sustained_throughput"] is None


def test_a_duration_ends_the_sending(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.02, itl=0.001, api_key=KEY)
    load = ClosedLoop(concurrency=2, requests=500, duration_s=1.0)
    job = make_job(server.url, load=(load,)).model_copy(update={"load": load})
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    result = point_result(job, measurement)
    assert result.requests == result.succeeded == len(server.log()) < 120
    assert result.failed == 0
    assert 1.0 <= result.known("duration_s") < 4  # all 500 requests take 8.75 s


def test_a_chat_answer_of_free_length(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, tokens=12, api_key=KEY)
    fields = {"dataset": "openqa", "endpoint": "chat", "output_tokens": None, "max_tokens": 50}
    _, rows = measure(make_job(server.url, requests=3, **fields))
    assert {(row.output_tokens, row.finish_reason) for row in rows} == {(12, "stop")}


def test_failures_are_counted_and_have_an_error_of_one_line(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "error500", "every": 2}])
    result, rows = measure(make_job(server.url, concurrency=2, requests=10))
    assert (result.succeeded, result.failed) == (5, 5)
    failed = [row for row in rows if not row.succeeded]
    assert {row.status_code for row in failed} == {500}
    assert all(row.error and row.error.startswith("HTTP 500: ") and "\n" not in row.error for row in failed)
    assert result.first_error == failed[0].error
    assert result["ttft_mean_s"] is not None


@pytest.mark.parametrize("kind", ["error500", "drop", "reset", "in_band_error", "wrong_model"])
def test_a_point_without_one_success_is_still_a_result(stub: Stubs, make_job: MakeJob, kind: str) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": kind}])
    result, rows = measure(make_job(server.url, concurrency=2, requests=4))
    assert (result.succeeded, result.failed, len(rows)) == (0, 4, 4)
    assert result.first_error
    assert result["ttft_mean_s"] is None
    assert result["output_token_throughput"] == 0


def test_a_point_without_usage_keeps_its_times(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "no_usage"}])
    result, rows = measure(make_job(server.url, concurrency=2, requests=4))
    assert (result.succeeded, result.failed) == (4, 0)
    assert all(row.ttft_s and row.latency_s and len(row.itl_s) == 15 for row in rows)
    for figure in ("ttft_mean_s", "itl_mean_s", "latency_mean_s", "request_throughput"):
        assert result[figure]
    for figure in ("tpot_mean_s", "output_token_throughput", "total_token_throughput", "output_tokens_mean"):
        assert result[figure] is None


def test_a_refused_connection_is_an_error(make_job: MakeJob) -> None:
    result, _ = measure(make_job("http://127.0.0.1:9/v1", requests=2))
    assert result.succeeded == 0
    assert result.first_error is not None
    assert "127.0.0.1:9" in result.first_error


def test_a_request_that_hangs_ends_at_its_limit(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "hang"}])
    result, _ = measure(make_job(server.url, requests=1, timeout_s=1))
    assert result.first_error == "no complete response within 1 s"


def test_a_server_that_dies_ends_the_point_at_once(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.01, api_key=KEY)
    killed_at: float | None = None

    def check() -> None:
        if server.process.poll() is not None:
            raise ServerDied("the server is gone", "it is restarted")

    def progress(done: int, total: int) -> None:
        nonlocal killed_at
        if killed_at is None:
            server.kill()
            killed_at = time.monotonic()

    with pytest.raises(ServerDied):
        measure_point(make_job(server.url, requests=100, output_tokens=100), check, progress)
    assert killed_at is not None
    assert time.monotonic() - killed_at < 10
    assert not [child for parent in psutil.Process().children() for child in parent.children()]
