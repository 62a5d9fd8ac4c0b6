"""Parts of a job, for the processes that share it."""

from __future__ import annotations

from itertools import islice

from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.measure.speed.dispatch import share_of
from tests.measure.conftest import MakeJob


def test_each_process_gets_as_many_requests_as_its_share_of_the_schedule(
    make_job: MakeJob,
) -> None:
    load = OpenLoop(rate=4.0, requests=8, arrival="constant")
    job = make_job(load=(load,), warmup_requests=4).model_copy(update={"load": load})
    parts = job.parts(3)
    assert [(part.requests, part.warmup) for part in parts] == [(2, 2), (3, 1), (3, 1)]
    assert [part.indexes for part in parts] == [(0, 3, 6, 9), (1, 4, 7, 10), (2, 5, 8, 11)]
    send_times: list[float] = []
    for part in parts:
        send_times.extend(islice(share_of(load.arrivals(1), part.number, part.of), part.total))
    assert sorted(send_times) == [n / 4 for n in range(12)]


def test_a_level_of_a_search_with_an_objective_on_ttft_begins_with_a_wave_of_warm_up(
    make_job: MakeJob,
) -> None:
    job = make_job(concurrency=4, requests=20)
    searched = job.sweep.model_validate(
        {
            "name": "searched",
            "load": {"until": "saturated", "concurrency": 1},
            "objectives": ["ttft_p95_s <= 0.5"],
        }
    )
    assert (job.warmup, job.total) == (0, 20)
    warmed = job.model_copy(update={"sweep": searched})
    assert (warmed.warmup, warmed.total) == (4, 24)


def test_no_process_is_without_a_request(make_job: MakeJob) -> None:
    parts = make_job(concurrency=10, requests=3).parts(8)
    assert [(part.slots, part.requests) for part in parts] == [(1, 1)] * 3
    parts = make_job(concurrency=10, requests=20, warmup_requests=1, warmup_waves=2).parts(4)
    assert sum(part.warmup for part in parts) == 21
    assert all(part.requests and part.slots for part in parts)
    warmup = [index for part in parts for index in part.indexes[: part.warmup]]
    measured = [index for part in parts for index in part.indexes[part.warmup :]]
    assert (warmup, measured) == (list(range(21)), list(range(21, 41)))
