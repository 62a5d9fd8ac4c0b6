"""EvalScope's OpenAI client with the clock where it belongs: at the socket, on both ways.

EvalScope starts its clock before the request is serialised, before proxies and netrc are looked up and before
a connection is had, and stops it when its event loop comes to read a chunk, after every other one was parsed;
at 100 requests at once that adds 20 to 45 ms to every TTFT that the server never saw.
"""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from typing import Any

import aiohttp
from evalscope.perf.plugin.api.default_api import DefaultApiPlugin
from evalscope.perf.plugin.api.openai_api import OpenaiPlugin
from evalscope.perf.plugin.registry import register_api
from evalscope.perf.utils.benchmark_util import BenchmarkData

from tasks.measure.line import Lines
from tasks.measure.recorder import Sending

API = "servegauge"
sending_now: ContextVar[Sending] = ContextVar("sending_now")


@register_api(API)
class MeasuredClient(OpenaiPlugin):  # type: ignore[misc]
    """Builds requests as EvalScope does, sends them over `lines`, notes in the `Sending` what was heard."""

    lines: Lines

    def __init__(self, param: Any) -> None:
        DefaultApiPlugin.__init__(self, param)  # OpenaiPlugin would load the tokenizer a second time
        self.tokenizer = None

    async def process_request(
        self, client_session: aiohttp.ClientSession | None, url: str, headers: dict[str, str], body: Any
    ) -> Any:
        """One request to the end of its answer; whatever goes wrong is told in the `Sending`."""
        sending = sending_now.get()
        try:
            async with asyncio.timeout(self.param.total_timeout):
                await self.lines.ask(body, sending.answer)
        except TimeoutError:
            sending.error = f"no whole answer within {self.param.total_timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            sending.error = f"{type(error).__name__}: {error}"
        return BenchmarkData(success=sending.error is None, start_time=sending.freed)


def body_of(request: Any) -> bytes:
    """A request's body as EvalScope serialises it."""
    return json.dumps(request, ensure_ascii=False).encode()
