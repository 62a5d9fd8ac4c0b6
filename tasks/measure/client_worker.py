"""EvalScope's OpenAI client with the clock where it belongs: at the socket, on both ways.

EvalScope starts its clock before the request is serialised, before proxies and netrc are looked up and before
a connection is had, and stops it when its event loop comes to read a chunk, after every other one was parsed;
at 100 requests at once that adds 20 to 45 ms to every TTFT that the server never saw.
"""

from __future__ import annotations

import asyncio
import functools
import json
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.client_proto import ResponseHandler
from evalscope.perf.plugin.api.default_api import DefaultApiPlugin
from evalscope.perf.plugin.api.openai_api import OpenaiPlugin
from evalscope.perf.plugin.registry import register_api
from evalscope.perf.utils.benchmark_util import BenchmarkData

from tasks.measure.recorder import Sending
from tasks.measure.stream import Stamp, hear_stream, hear_whole

API = "servegauge"
WHOLE = 2**29
"""Bytes of an answer that may wait unread: it is read when it has ended, so that reading delays no other."""
KEEPALIVE_S = 4.0
"""Below the 5 s after which a server of vLLM's kind closes an idle connection."""
OPENING_S = 10.0

sending_now: ContextVar[Sending | None] = ContextVar("sending_now", default=None)


class TimedConnection(ResponseHandler):
    """aiohttp's connection that notes when bytes come in, before anything is made of them."""

    stamps: list[Stamp]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As aiohttp, and written at once: uvloop would keep the bytes until its round is over."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # type: ignore[attr-defined]

    def set_response_params(self, **params: Any) -> None:
        """A request is about to be sent here."""
        self.stamps = []
        if sending := sending_now.get():
            sending.stamps = self.stamps
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        now = time.perf_counter()
        super().data_received(data)
        if self._payload is not None:
            self.stamps.append((now, self._payload.total_bytes))


@register_api(API)
class MeasuredClient(OpenaiPlugin):  # type: ignore[misc]
    """Sends as EvalScope does, and notes in the `Sending` what was heard."""

    def __init__(self, param: Any) -> None:
        DefaultApiPlugin.__init__(self, param)  # OpenaiPlugin would load the tokenizer a second time
        self.tokenizer = None

    async def process_request(
        self, client_session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: Any
    ) -> Any:
        """One request to the end of its answer; whatever goes wrong is told in the `Sending`."""
        sending = sending_now.get()
        assert sending is not None
        try:
            async with asyncio.timeout(self.param.total_timeout):
                await _ask(client_session, url, headers, body, sending)
        except TimeoutError:
            sending.error = f"no whole answer within {self.param.total_timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            sending.error = f"{type(error).__name__}: {error}"
        return BenchmarkData(success=sending.error is None, start_time=sending.freed)


async def _ask(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: bytes, sending: Sending
) -> None:
    async with session.post(url, data=body, headers=headers, read_bufsize=WHOLE) as response:
        sending.status = response.status
        if response.status == 200 and response.content.exception() is None:
            await response.content.wait_eof()  # one awakening an answer, not one a chunk
        content = await response.read()
    if sending.status != 200:
        sending.error = content.decode(errors="replace")
    elif "text/event-stream" in response.headers.get("Content-Type", ""):
        sending.heard = hear_stream(content, sending.stamps)
    else:
        sending.heard = hear_whole(content, sending.stamps)


def body_of(request: Any) -> bytes:
    """A request as it goes over the wire; made before the clock starts."""
    return json.dumps(request, ensure_ascii=False).encode()


async def prepare(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], connections: int
) -> None:
    """Set the clocks and open the connections, by asking for the list of models on each."""
    connector: Any = session.connector
    connector._factory = functools.partial(TimedConnection, loop=asyncio.get_running_loop())
    connector._keepalive_timeout = KEEPALIVE_S
    if not _proxied(url):
        session._trust_env = False  # no netrc and proxy look-up for each request
    models = url.partition("/v1/")[0] + "/v1/models"
    await asyncio.gather(*(_open(session, models, headers) for _ in range(connections)))
    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(_mark_sent)
    trace.freeze()
    session._trace_configs.append(trace)


async def _open(session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
    limit = aiohttp.ClientTimeout(total=OPENING_S)
    try:
        async with session.get(url, headers=headers, timeout=limit) as response:
            await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return  # the requests themselves will tell


async def _mark_sent(*_: object) -> None:
    if sending := sending_now.get():
        sending.sent = time.perf_counter()


def _proxied(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
