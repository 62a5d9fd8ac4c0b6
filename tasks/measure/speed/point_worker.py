"""Sends one process's part of a load point; imported and called only in a measuring process."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import uvloop
from evalscope.perf.arguments import Arguments
from evalscope.perf.benchmark import get_requests

from tasks.measure.jobs import PointJob
from tasks.measure.processes import child
from tasks.measure.speed import client_worker, prompts_worker
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.dispatch import Ask, closed_loop, open_loop, share_of
from tasks.measure.speed.event_loop_lag import EventLoopLag
from tasks.measure.speed.process_window import Window
from tasks.measure.speed.prompts import questions_path
from tasks.measure.speed.recorder import Recorder, Sending

OPENED = 512
"""At most so many connections are opened before an open loop, whose need nobody knows."""


def run(job: PointJob, report: Callable[[int], None]) -> Window:
    """Measure; rows go to requests.jsonl in the job's folder."""
    outputs = job.folder / "evalscope"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    np.random.seed(job.seed % 2**32)  # not EvalScope's seed: that one would also go into every request
    prompts_worker.FIRST = job.part.first
    recorder = Recorder(job, report)
    pulse = uvloop.run(_measure(job, _arguments(job, outputs), recorder))
    recorder.end()
    shutil.rmtree(outputs, ignore_errors=True)
    start, end = recorder.window or (0.0, 0.0)
    return Window(start, end, recorder.closed, pulse.readings(job.part, recorder.utc))


async def _measure(job: PointJob, arguments: Any, recorder: Recorder) -> EventLoopLag:
    maker = client_worker.RequestMaker(arguments)
    bodies = [client_worker.body_of(request) async for request, _ in get_requests(arguments, maker)]
    async with Connections(arguments.url, _headers(job)) as lines:
        requests = [lines.request(body) for body in bodies]
        await lines.open(job.part.slots or min(job.part.total, OPENED))
        gc.collect()
        gc.freeze()
        gc.disable()  # its pauses reach 200 ms
        await asyncio.to_thread(child.start_together)

        async def ask(index: int, due: float) -> float:
            sending = Sending(index, due)
            await client_worker.exchange(lines, requests[index], sending, job.sweep.timeout_s)
            stamps = sending.answer.stamps
            recorder.close(sending)
            return stamps[-1][0] if sending.error is None and stamps else perf_counter()

        recorder.tell()  # that requests begin
        with EventLoopLag() as pulse:
            await _send(job, ask)
    return pulse


async def _send(job: PointJob, ask: Ask) -> None:
    part, load = job.part, job.load
    arrivals = load.arrivals(job.seed)
    if arrivals is None:
        await closed_loop(ask, part.slots, part.total, part.warmup, load.duration_s)
    else:
        own = share_of(arrivals, part.number, part.of)
        await open_loop(ask, own, part.total, part.warmup, load.duration_s)


def _headers(job: PointJob) -> dict[str, str]:
    key = job.endpoint.api_key
    secret = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    return {"Content-Type": "application/json", "User-Agent": "servegauge", **secret}


def _arguments(job: PointJob, outputs: Path) -> Any:
    sweep, key = job.sweep, job.endpoint.api_key
    path, exact = questions_path(sweep.dataset), sweep.exact_output_tokens
    arguments = Arguments(
        model=job.endpoint.model,
        api=client_worker.API,
        url=job.endpoint.url_of(sweep.endpoint),
        api_key=key.get_secret_value() if key else None,
        apply_chat_template=sweep.endpoint == "chat",
        dataset=prompts_worker.RANDOM if path is None else prompts_worker.QUESTIONS,
        dataset_path=None if path is None else str(path),
        dataset_offset=job.seed,
        tokenizer_path=job.endpoint.tokenizer if path is None else None,
        min_prompt_length=sweep.input_tokens,
        max_prompt_length=sweep.input_tokens,
        prefix_length=sweep.prefix_tokens,
        number=job.part.requests,
        warmup_num=job.part.warmup,
        max_tokens=exact or sweep.max_tokens,
        min_tokens=exact,
        extra_args={"ignore_eos": True} if exact else None,
        temperature=sweep.temperature,
        stream=True,
        num_workers=1,
        name=job.run_name,
        no_timestamp=True,
        outputs_dir=str(outputs),
    )
    arguments.number, arguments.parallel = job.part.requests, job.part.slots or OPENED * 64  # not lists
    return arguments
