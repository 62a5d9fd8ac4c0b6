"""Responding to a request: waiting for a slot, sending each token when it is due, failing under a fault."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from time import monotonic

from aiohttp import web

from stub.answers import CannedAnswers
from stub.clock import Clock
from stub.completion import Completion, make_completion
from stub.event_stream import AlreadySent, Connection, EventStream
from stub.fault_effects import (
    ConnectionClosed,
    close_connection,
    error_response,
    fail_midway,
    send_raw,
)
from stub.faults import Faults
from stub.log_file import LogFile
from stub.manners.manner import PROMPT_TOKENS, Failed, Manner
from stub.manners.no_http import NO_HTTP
from stub.manners.served import BY_NAME, check_names, timed_pieces
from stub.metrics import Metrics
from stub.options import Options
from stub.request_body import InvalidBody, RequestBody, parse_body
from stub.request_log import LoggedRequest
from stub.slots import Slots
from stub.token_counter import TokenCounter

WHOLE_STREAM_FAULTS = ("", "slow_token", "short", "lying_usage", "no_usage", "wrong_model", "cached")
"""The faults under which a stream still ends as it should."""
CLIENT_LEFT = 499
SSE = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


@dataclass(slots=True)
class Exchange:
    """A request, its entry in the log, and the response that it gets."""

    request: web.Request
    entry: LoggedRequest
    completion: Completion
    prompt_tokens: asyncio.Future[int]

    @property
    def start(self) -> float:
        """When the request got its slot, or else when it arrived."""
        return self.entry.started or self.entry.arrived

    @property
    def ends_well(self) -> bool:
        """Whether a streamed response ends as it should."""
        return self.entry.fault in WHOLE_STREAM_FAULTS

    def due(self, tokens: int) -> float:
        """When the token of this number, counted from 1, is due."""
        return self.start + self.completion.offset(tokens - 1)


class Engine:
    """The two endpoints that generate, with their log, metrics and faults."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.faults = Faults()
        self.faults.replace(options.faults)
        check_names(options.manners, options.model)
        self.metrics = Metrics(options.model, options.slots)
        self.log: list[LoggedRequest] = []
        self._numbers = count()
        self._clock = Clock()
        self._counter = TokenCounter(options)
        self._slots = Slots(options.slots) if options.slots else None
        self._answers = CannedAnswers(options.answers)
        self._log_file = LogFile(options.log) if options.log else None

    def close(self) -> None:
        """Close the file of the log."""
        if self._log_file:
            self._log_file.close()

    async def generate(self, request: web.Request) -> web.StreamResponse:
        """Handle POST /v1/completions and POST /v1/chat/completions."""
        raw = await request.read()
        entry = self._add_entry(request)
        try:
            response = await self._respond(request, raw, entry)
        except ConnectionClosed:
            return AlreadySent()
        except (asyncio.CancelledError, ConnectionError):
            entry.status = CLIENT_LEFT
            raise
        else:
            entry.status = response.status
            return response
        finally:
            if self._log_file:
                self._log_file.add(entry)

    def _add_entry(self, request: web.Request) -> LoggedRequest:
        assert isinstance(request.protocol, Connection)
        arrived = request.protocol.received  # this code may run long after the last byte arrived
        epoch = time.time() - (monotonic() - arrived)
        peer = ""
        if request.transport:
            address, port = request.transport.get_extra_info("peername")[:2]
            peer = f"{address}:{port}"
        number, kind = next(self._numbers), self.faults.next_kind()
        manner = request.match_info.get("manner") or self._manner_of(number)
        entry = LoggedRequest(number, request.path, peer, arrived, epoch, fault=kind, manner=manner)
        self.log.append(entry)
        return entry

    def _manner_of(self, number: int) -> str:
        """Return the manner of the request with this number: those of the options take turns."""
        manners = self.options.manners
        return manners[number % len(manners)] if manners else ""

    async def _respond(self, request: web.Request, raw: bytes, entry: LoggedRequest) -> web.StreamResponse:
        try:
            body = parse_body(raw, request.path.endswith("/chat/completions"), self.options.model)
        except InvalidBody as error:
            return error_response(400, *error.args)
        entry.record_prompt(body.prompt.text)
        if body.model != self.options.model:
            return error_response(404, f"The model `{body.model}` does not exist.", "model")
        try:
            check_names([entry.manner] if entry.manner else [], self.options.model)
        except ValueError as error:
            return error_response(404, str(error))
        refusal = await self._refuse(request, entry.fault)
        if refusal is not None:
            return refusal
        under_way = int(self.metrics.running + self.metrics.waiting) + 1
        text = self._answers.text_for(body.prompt.question, under_way)
        completion = make_completion(body, self.options, text, entry.fault, entry.id)
        prompt_tokens = asyncio.ensure_future(self._count_prompt(body, entry, completion))
        exchange = Exchange(request, entry, completion, prompt_tokens)
        async with self._running(exchange):
            entry.started = exchange.start
            if entry.manner in NO_HTTP:
                send_raw(request, NO_HTTP[entry.manner])
            if entry.manner:
                return await self._send_manner(exchange, BY_NAME[entry.manner])
            if not body.stream:
                return await self._send_whole(exchange)
            return await (self._stream if exchange.ends_well else self._stream_with_fault)(exchange)

    async def _count_prompt(self, body: RequestBody, entry: LoggedRequest, completion: Completion) -> int:
        if entry.manner:
            entry.prompt_tokens = PROMPT_TOKENS
            return entry.prompt_tokens
        entry.prompt_tokens, entry.cached_tokens = await self._counter.count(body)
        if entry.fault == "cached":
            entry.cached_tokens = entry.prompt_tokens
        completion.cached_tokens = entry.cached_tokens
        return entry.prompt_tokens

    async def _refuse(self, request: web.Request, kind: str) -> web.Response | None:
        """Apply a fault that acts before anything is generated."""
        if kind == "error500":
            return error_response(500, "the stub fails, as its faults ask")
        if kind == "error429":
            self.metrics.counters["admission_rejections"] += 1
            return error_response(429, "the stub is busy, as its faults ask")
        if kind == "die":
            os._exit(1)
        if kind == "drop":
            close_connection(request, reset=False)
        if kind == "hang":
            await asyncio.Event().wait()
        return None

    @asynccontextmanager
    async def _running(self, exchange: Exchange) -> AsyncIterator[None]:
        """Hold a slot inside the block, and update the metrics at its start and at its end."""
        entry, completion = exchange.entry, exchange.completion
        if self._slots:
            self.metrics.waiting += 1
            try:
                entry.started = await self._slots.acquire(entry.arrived)
            finally:
                self.metrics.waiting -= 1
        self.metrics.running += 1
        finish_reason = "abort"
        try:
            yield
            finish_reason = "abort" if is_broken(entry.manner) else completion.finish_reason
        finally:
            self.metrics.running -= 1
            self.metrics.add_request(entry, finish_reason, monotonic())
            if self._slots:
                whole = finish_reason != "abort" and exchange.ends_well and not entry.manner
                self._slots.release(exchange.due(completion.tokens) if whole else monotonic())

    async def _stream(self, exchange: Exchange) -> web.StreamResponse:
        stream = self._open_stream(exchange)
        await stream.send(exchange.completion.timed_chunks())
        return stream.close(exchange.completion.end_of_stream(await exchange.prompt_tokens))

    async def _send_manner(self, exchange: Exchange, manner: Manner) -> web.StreamResponse:
        """Send the bytes of a manner, whatever the request asks for."""
        stream = self._open_stream(exchange)
        pieces = timed_pieces(manner, self.options.ttft, self.options.itl)
        await stream.send(pieces, manner.status, manner.content_type)
        return stream.close()

    def _open_stream(self, exchange: Exchange) -> EventStream:
        transport = exchange.request.transport
        if transport is None:
            raise ConnectionResetError
        return EventStream(transport, self._clock, exchange.entry)

    async def _stream_with_fault(self, exchange: Exchange) -> web.StreamResponse:
        entry, completion = exchange.entry, exchange.completion
        response = web.StreamResponse(headers=SSE)
        await response.prepare(exchange.request)
        for tokens, event in completion.chunks():
            if tokens > completion.half:
                error = await fail_midway(exchange.request, entry.fault)
                if error is not None:
                    await response.write(b"data: " + json.dumps(error).encode() + b"\n\n")
                    return response
            due = exchange.due(tokens)
            await self._clock.sleep_until(due)
            await response.write(event)
            entry.record_sent(monotonic(), due, tokens)
        await response.write_eof(completion.end_of_stream(await exchange.prompt_tokens))
        return response

    async def _send_whole(self, exchange: Exchange) -> web.StreamResponse:
        entry, completion = exchange.entry, exchange.completion
        if entry.fault:
            await self._clock.sleep_until(exchange.due(completion.half + 1))
            error = await fail_midway(exchange.request, entry.fault)
            if error is not None:
                return web.json_response(error)
        body = completion.whole(await exchange.prompt_tokens)
        due = exchange.due(completion.tokens)
        await self._clock.sleep_until(due)
        response = web.json_response(body)
        await response.prepare(exchange.request)
        await response.write_eof()
        entry.record_sent(monotonic(), due, completion.tokens)
        return response


def is_broken(manner: str) -> bool:
    """Whether an answer in this manner is no whole one."""
    return manner in NO_HTTP or (manner in BY_NAME and isinstance(BY_NAME[manner].outcome, Failed))
