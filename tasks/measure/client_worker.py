"""EvalScope's OpenAI client with the clock where it belongs: at the last byte of the request.

EvalScope starts its clock before the request is serialised, before proxies and netrc are looked up and before
a connection is had; at 100 requests at once that adds 20 to 45 ms to every TTFT that the server never saw.
"""

from __future__ import annotations

import gc
import time
from contextvars import ContextVar
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from evalscope.perf.plugin.api.default_api import DefaultApiPlugin
from evalscope.perf.plugin.api.openai_api import OpenaiPlugin
from evalscope.perf.plugin.registry import register_api

from tasks.measure.recorder import Recorder, Sending

API = "servegauge"
_sending: ContextVar[Sending] = ContextVar("sending")


@register_api(API)
class MeasuredClient(OpenaiPlugin):  # type: ignore[misc]
    """Sends as EvalScope does, and records every request. One process measures one point."""

    recorder: ClassVar[Recorder]

    def __init__(self, param: Any) -> None:
        DefaultApiPlugin.__init__(self, param)  # OpenaiPlugin would load the tokenizer a second time
        self.tokenizer = None
        self._built = 0

    def build_request(self, messages: Any, param: Any = None) -> Any:
        """As EvalScope builds it; after the last one the collector is put to rest (pauses of 200 ms)."""
        request = super().build_request(messages, param)
        self._built += 1
        if self._built == self.recorder.job.total:
            gc.collect()
            gc.freeze()
            gc.disable()
        return request

    async def process_request(
        self, client_session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: dict[str, Any]
    ) -> Any:
        """One request from its slot to its row. EvalScope's own record is set to the same clock."""
        if not self.recorder.opened:
            _prepare(client_session, url)
        sending = self.recorder.open()
        _sending.set(sending)
        data = await super().process_request(client_session, url, headers, body)
        self.recorder.close(sending, data)
        if data.success and (data.prompt_tokens is None or data.completion_tokens is None):
            data.success = False  # EvalScope would end the whole point for want of one usage
        if sending.sent is not None and data.success:
            delay = sending.sent - data.start_time
            data.start_time += delay
            data.query_latency -= delay
            data.first_chunk_latency = max(0.0, data.first_chunk_latency - delay)
        # EvalScope would write these into a database, while other requests wait for their chunks
        data.request, data.response_messages, data.inter_chunk_latency = "", data.response_messages[-1:], []
        return data


def _prepare(session: aiohttp.ClientSession, url: str) -> None:
    """No netrc and proxy look-up for each request, and a mark when a request's body is written."""
    if not _proxied(url):
        session._trust_env = False
    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(_mark_sent)
    trace.freeze()
    session._trace_configs.append(trace)


async def _mark_sent(*_: object) -> None:
    _sending.get().sent = time.perf_counter()


def _proxied(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
