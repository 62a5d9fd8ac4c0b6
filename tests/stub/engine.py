"""Answering a request: waiting for a slot, sending each token when due, going wrong when told to."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from time import monotonic

from aiohttp import web

from tests.stub.ask import Ask, BadBody, parse_ask
from tests.stub.count import TokenCounter
from tests.stub.failing import Gone, cut, error_response, strike
from tests.stub.faults import Faults
from tests.stub.job import Answer, Job, make_job
from tests.stub.log import Row
from tests.stub.metrics import Metrics
from tests.stub.options import Options
from tests.stub.sending import Stream
from tests.stub.timing import Clock

STEADY = ("", "slow_token", "short", "lying_usage", "no_usage", "wrong_model", "cached")
"""The faults that do not break a stream."""
SSE = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


class Engine:
    """Everything behind the two generating endpoints."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.faults = Faults()
        self.faults.set(json.loads(options.faults))
        self.metrics = Metrics(options.model, options.slots)
        self.rows: list[Row] = []
        self._numbers = count()
        self._clock = Clock()
        self._counter = TokenCounter(options)
        self._slots = asyncio.Semaphore(options.slots) if options.slots else None
        self._free = [0.0] * options.slots
        self._answers: tuple[Answer, ...] = ()
        if options.answers:
            self._answers = tuple(Answer(**a) for a in json.loads(Path(options.answers).read_text("utf-8")))

    async def generate(self, request: web.Request) -> web.StreamResponse:
        """Handle POST /v1/completions and POST /v1/chat/completions."""
        raw = await request.read()
        arrived = request.protocol.received  # its last byte: this code may run long after it
        epoch = time.time() - (monotonic() - arrived)
        peer = (
            ":".join(map(str, request.transport.get_extra_info("peername")[:2])) if request.transport else ""
        )
        row = Row(next(self._numbers), request.path, peer, arrived, epoch, fault=self.faults.take())
        self.rows.append(row)
        try:
            response = await self._respond(request, raw, row)
        except Gone:
            return web.Response()  # goes nowhere
        except (asyncio.CancelledError, ConnectionError):
            row.status = 499
            raise
        row.status = response.status
        return response

    async def _respond(self, request: web.Request, raw: bytes, row: Row) -> web.StreamResponse:
        chat = request.path.endswith("/chat/completions")
        try:
            ask = parse_ask(raw, chat, self.options.model)
        except BadBody as error:
            return error_response(400, *error.args)
        row.asked(ask.prompt)
        if ask.model != self.options.model:
            return error_response(404, f"The model `{ask.model}` does not exist.", "model")
        if (refusal := await self._refuse(request, row.fault)) is not None:
            return refusal
        job = make_job(ask, self.options, self._answers, row.fault, row.id)
        counting = asyncio.ensure_future(self._count(ask, row))
        async with self._running(row, job):
            row.started = row.started or row.arrived
            steady = row.fault in STEADY
            send = (self._stream if steady else self._breaking) if ask.stream else self._send_whole
            return await send(request, job, row, counting)

    async def _count(self, ask: Ask, row: Row) -> int:
        row.prompt_tokens = await self._counter.count(ask)
        return row.prompt_tokens

    async def _refuse(self, request: web.Request, fault: str) -> web.Response | None:
        """The faults that strike before anything is generated."""
        if fault == "error500":
            return error_response(500, "the stub was told to fail")
        if fault == "error429":
            self.metrics.counters["admission_rejections"] += 1
            return error_response(429, "the stub was told to be busy")
        if fault == "die":
            os._exit(1)
        if fault == "drop":
            cut(request, reset=False)
        if fault == "hang":
            await asyncio.Event().wait()
        return None

    @asynccontextmanager
    async def _running(self, row: Row, job: Job) -> AsyncIterator[None]:
        """Hold a slot, and keep the counters and gauges whatever the end.

        A slot counts as taken and as free when it was due to be, not when this code came to run: so many
        slots then give exactly so much throughput.
        """
        if self._slots:
            self.metrics.waiting += 1
            try:
                await self._slots.acquire()
            finally:
                self.metrics.waiting -= 1
            row.started = max(row.arrived, heappop(self._free))
        self.metrics.running += 1
        reason = "abort"
        try:
            yield
            reason = job.finish
        finally:
            self.metrics.running -= 1
            self.metrics.end(row, reason, row.prompt_tokens, monotonic())
            if self._slots and row.started is not None:
                whole = reason != "abort" and row.fault in STEADY
                heappush(self._free, row.started + job.offset(job.tokens - 1) if whole else monotonic())
                self._slots.release()

    async def _stream(
        self, request: web.Request, job: Job, row: Row, counting: asyncio.Future[int]
    ) -> web.StreamResponse:
        if request.transport is None:
            raise ConnectionResetError
        stream = Stream(request.transport, self._clock, job, row)
        await stream.events()
        return stream.close(job.closing(await counting))

    async def _breaking(
        self, request: web.Request, job: Job, row: Row, counting: asyncio.Future[int]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers=SSE)
        await response.prepare(request)
        start, until, write, sent = row.started or row.arrived, self._clock.until, response.write, row.sent
        for tokens, event in job.chunks():
            striking = row.fault and tokens > job.half
            if striking and (error := await strike(request, row.fault)) is not None:
                await write(b"data: " + json.dumps(error).encode() + b"\n\n")
                break
            due = start + job.offset(tokens - 1)
            await until(due)
            await write(event)
            sent(monotonic(), due, tokens)
        else:
            await response.write_eof(job.closing(await counting))
        return response

    async def _send_whole(
        self, request: web.Request, job: Job, row: Row, counting: asyncio.Future[int]
    ) -> web.StreamResponse:
        start = row.started or row.arrived
        if row.fault:
            await self._clock.until(start + job.offset(job.half))
            if (error := await strike(request, row.fault)) is not None:
                return web.json_response(error)
        due = start + job.offset(job.tokens - 1)
        answer = job.whole(await counting)
        await self._clock.until(due)
        response = web.json_response(answer)
        await response.prepare(request)
        await response.write_eof()
        row.sent(monotonic(), due, job.tokens)
        return response
