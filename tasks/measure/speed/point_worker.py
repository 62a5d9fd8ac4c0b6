"""Sends one process's part of a load point; imported and called only in a measuring process."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvloop
from evalscope.perf.benchmark import get_requests

from tasks.measure.jobs import PointJob
from tasks.measure.processes.child_context import ChildContext
from tasks.measure.speed import client_worker, prompts_worker
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.dispatch import send_closed_loop, send_conversations, send_open_loop, share_of
from tasks.measure.speed.event_loop_lag import EventLoopLag
from tasks.measure.speed.process_window import Window
from tasks.measure.speed.prompts import questions_path
from tasks.measure.speed.row_writer import Recorder
from tasks.measure.speed.sent_request import SentRequest
from tasks.measure.speed.turns_worker import TurnSender
from tasks.plan.conversation_requests import by_conversation
from tasks.plan.planned_request import PlannedRequest, longest_blocks

OPEN_LOOP_CONNECTIONS = 512
"""The most connections opened in advance for an open loop, which needs an unknown number."""
NO_PARALLEL_LIMIT = 2**15
"""EvalScope's `parallel` for an open loop; it limits nothing, as EvalScope only builds the requests."""


def run(job: PointJob, context: ChildContext) -> Window:
    """Send the requests of a job, and write their rows to requests.jsonl in its folder."""
    outputs = job.folder / "evalscope"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    recorder = Recorder(job, context.report)
    lag = uvloop.run(_measure(job, prompt_arguments(job, outputs), recorder, context))
    recorder.finish()
    shutil.rmtree(outputs, ignore_errors=True)
    start, end = recorder.window or (0.0, 0.0)
    return Window(start, end, recorder.recorded, lag.readings(job.part, recorder.utc))


async def _measure(
    job: PointJob, arguments: prompts_worker.PromptArguments, recorder: Recorder, context: ChildContext
) -> EventLoopLag:
    builder, planned = client_worker.RequestBuilder(arguments), arguments.planned
    requests = [request async for request, _ in get_requests(arguments, builder)]
    reuse = job.endpoint.conventions.keeps_connections
    async with Connections(arguments.url, request_headers(job), reuse=reuse) as connections:
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
    http_requests = [connections.http_request(body) for body in bodies]

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


def prompt_arguments(job: PointJob, outputs: Path) -> prompts_worker.PromptArguments:
    """Return EvalScope's arguments, which are used only to build requests."""
    sweep, endpoint, part, point = job.sweep, job.endpoint, job.part, job.planned_requests()
    arguments = prompts_worker.PromptArguments(
        model=endpoint.model,
        api=client_worker.API,
        url=endpoint.url_of(sweep.endpoint),
        api_key=endpoint.api_key.get_secret_value() if endpoint.api_key else None,
        apply_chat_template=sweep.endpoint == "chat",
        **_prompt_fields(job),
        number=part.requests,
        warmup_num=part.warmup,
        planned=[point[index] for index in part.indexes],
        blocks=longest_blocks(point),
        max_tokens=sweep.max_tokens,
        temperature=sweep.temperature,
        stream=True,
        num_workers=1,
        name=job.run_name,
        no_timestamp=True,
        outputs_dir=str(outputs),
    )
    # EvalScope's constructor makes lists of these two, and its dataset code reads single numbers.
    arguments.number, arguments.parallel = part.requests, part.slots or NO_PARALLEL_LIMIT
    return arguments


def _prompt_fields(job: PointJob) -> dict[str, Any]:
    """Return the EvalScope arguments that select the prompts."""
    sweep, fields = job.sweep, {"dataset_offset": job.seed}
    if sweep.has_random_prompts:
        return {**fields, "dataset": prompts_worker.RANDOM, "tokenizer_path": job.endpoint.tokenizer}
    if sweep.conversation is not None:
        return {**fields, "dataset": prompts_worker.RECORDED, "dataset_path": sweep.conversation.file}
    return {**fields, "dataset": prompts_worker.QUESTIONS, "dataset_path": str(questions_path(sweep.dataset))}
