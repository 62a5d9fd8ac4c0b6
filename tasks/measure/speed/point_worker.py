"""Sends one process's part of a load point; imported and called only in a measuring process."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvloop

from tasks.measure.jobs import PointJob
from tasks.measure.processes.child_context import ChildContext
from tasks.measure.speed import client_worker
from tasks.measure.speed.bodies_worker import built_requests
from tasks.measure.speed.connection import Connections, request_path
from tasks.measure.speed.dispatch import send_closed_loop, send_conversations, send_open_loop, share_of
from tasks.measure.speed.event_loop_lag import EventLoopLag
from tasks.measure.speed.process_window import Window
from tasks.measure.speed.row_writer import Recorder
from tasks.measure.speed.sent_request import SentRequest
from tasks.measure.speed.turns_worker import TurnSender
from tasks.plan.conversation_requests import by_conversation
from tasks.plan.planned_request import PlannedRequest

OPEN_LOOP_CONNECTIONS = 512
"""The most connections opened in advance for an open loop, which needs an unknown number."""


def run(job: PointJob, context: ChildContext) -> Window:
    """Send the requests of a job, and write their rows to requests.jsonl in its folder."""
    outputs = job.folder / "evalscope"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    recorder = Recorder(job, context.report)
    lag = uvloop.run(_measure(job, outputs, recorder, context))
    recorder.finish()
    shutil.rmtree(outputs, ignore_errors=True)
    start, end = recorder.window or (0.0, 0.0)
    return Window(start, end, recorder.recorded, lag.readings(job.part, recorder.utc))


async def _measure(job: PointJob, outputs: Path, recorder: Recorder, context: ChildContext) -> EventLoopLag:
    point = job.planned_requests()
    planned = [point[index] for index in job.part.indexes]
    requests = await built_requests(job, point, planned, outputs)
    del point
    url, reuse = job.endpoint.url_of(job.sweep.kinds[0].endpoint), job.endpoint.conventions.keeps_connections
    async with Connections(url, request_headers(job), reuse=reuse) as connections:
        send_load = _load_sender(job, planned, requests, connections, recorder)
        del requests
        await connections.open(job.part.slots or min(job.part.total, OPEN_LOOP_CONNECTIONS))
        gc.collect()
        gc.freeze()
        gc.disable()  # its pauses reach 200 ms
        started_at = await asyncio.to_thread(context.start_together)
        recorder.report_progress()  # 0: the load starts
        with EventLoopLag() as lag:
            await send_load(started_at)
    return lag


def _load_sender(
    job: PointJob,
    planned: Sequence[PlannedRequest],
    requests: Sequence[dict[str, Any]],
    connections: Connections,
    recorder: Recorder,
) -> Callable[[float], Awaitable[None]]:
    """Return a function that sends the load, given when an open loop starts.

    Everything that can be prepared before the start is.
    """
    part, load = job.part, job.load
    if job.sweep.conversation is not None:
        turns = TurnSender(job, planned, requests, connections, recorder)
        conversations = by_conversation(planned)
        return lambda _: send_conversations(
            turns.hold, conversations, part.slots, part.warmup, load.duration_s
        )
    bodies = [client_worker.body_of(*pair, job) for pair in zip(requests, planned, strict=True)]
    paths = _paths(job, planned)
    http_requests = [connections.http_request(*pair) for pair in zip(bodies, paths, strict=True)]

    async def send(index: int, due_at: float) -> float:
        request = SentRequest(planned[index], due_at)
        await client_worker.send_request(connections, http_requests[index], request, job.sweep.timeout_s)
        recorder.enqueue(request)
        return request.ended_at

    if load.slots:
        return lambda _: send_closed_loop(send, part.slots, part.total, part.warmup, load.duration_s)
    arrivals = _own_arrivals(job, planned)
    return lambda started_at: send_open_loop(
        send, arrivals, part.total, part.warmup, load.duration_s, started_at=started_at
    )


def _own_arrivals(job: PointJob, planned: Sequence[PlannedRequest]) -> Iterator[float]:
    """Return when this process sends each of its requests, in seconds from the start."""
    arrivals = job.load.arrivals(job.seed)
    if arrivals is not None:
        return share_of(arrivals, job.part.number, job.part.of)
    return iter([request.due_s or 0.0 for request in planned])


def request_headers(job: PointJob) -> dict[str, str]:
    """Return the headers of each request."""
    return {"Content-Type": "application/json", "User-Agent": "servegauge", **job.endpoint.headers}


def _paths(job: PointJob, planned: Sequence[PlannedRequest]) -> list[str]:
    """Return the path of each request: the parts of a mix may have different endpoints."""
    of_kind = {kind.name: request_path(job.endpoint.url_of(kind.endpoint)) for kind in job.sweep.kinds}
    return [of_kind[job.sweep.kind_of(request.part).name] for request in planned]
