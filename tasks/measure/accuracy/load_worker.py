"""Keeps other requests under way while questions are asked; called only in a measuring process."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from itertools import count, tee
from pathlib import Path

import uvloop

from tasks.measure.accuracy.load_recorder import LoadRecorder
from tasks.measure.accuracy.load_slots import LoadSlots
from tasks.measure.accuracy.under_way import Counter
from tasks.measure.jobs import LoadJob
from tasks.measure.processes.child_context import ChildContext
from tasks.measure.speed import client_worker
from tasks.measure.speed.bodies_worker import prompt_arguments
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.point_worker import request_headers
from tasks.measure.speed.prompts_worker import PromptArguments, RandomPrompts
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest, longest_blocks


def run(job: LoadJob, context: ChildContext) -> int:
    """Keep this process's part of the load under way from the first question to the last answer.

    Returns:
        The number of requests, each of which is a row of load.jsonl in the job's folder.
    """
    outputs = job.folder / "evalscope"
    outputs.mkdir(parents=True, exist_ok=True)
    with LoadRecorder(job) as recorder:
        uvloop.run(_hold(job, _arguments(job, outputs), recorder, context))
    shutil.rmtree(outputs, ignore_errors=True)
    return recorder.rows


async def _hold(
    job: LoadJob, arguments: PromptArguments, recorder: LoadRecorder, context: ChildContext
) -> None:
    requests, counter = _requests(job, arguments), Counter(job.counter)
    reuse = job.endpoint.conventions.keeps_connections
    async with Connections(arguments.url, request_headers(job), reuse=reuse) as connections:

        async def send(request: SentRequest, body: bytes) -> None:
            http_request = connections.http_request(body)
            await client_worker.send_request(connections, http_request, request, job.sweep.timeout_s)

        async def questions() -> None:
            await asyncio.to_thread(context.wait_for_others)  # the first question may be asked
            await asyncio.to_thread(context.wait_for_others)  # the last one is answered

        slots = LoadSlots(job.part.slots, requests, send, recorder.record, counter.add)
        await slots.hold(questions)


def _arguments(job: LoadJob, outputs: Path) -> PromptArguments:
    point = job.planned_requests()
    own = [point[index] for index in job.part.indexes]
    return prompt_arguments(job, job.sweep, own, longest_blocks(point), outputs)


def _requests(job: LoadJob, arguments: PromptArguments) -> Iterator[tuple[PlannedRequest, bytes]]:
    """Yield this process's requests and their bodies without end; no two prompts are the same."""
    builder = client_worker.RequestBuilder(arguments)
    planned, arguments.planned = tee(_planned(job))
    for request, messages in zip(planned, RandomPrompts(arguments).build_messages(), strict=True):
        yield request, client_worker.body_of(builder.build_request(messages), request, job)


def _planned(job: LoadJob) -> Iterator[PlannedRequest]:
    """Yield planned requests without end: the drawn lengths in turn, each with a number of its own."""
    drawn, part = job.planned_requests(), job.part
    for number in count(part.number, part.of):
        yield drawn[number % len(drawn)]._replace(number=number)
