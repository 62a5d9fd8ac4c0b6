"""EvalScope's OpenAI client with the clock where it belongs: it makes the requests, we send them.

EvalScope starts its clock before the request is serialised, before proxies and netrc are looked up and before
a connection is had, and stops it when its event loop comes to read a chunk, after every other one was parsed;
at 100 requests at once that adds 20 to 45 ms to every TTFT that the server never saw.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from evalscope.perf.plugin.api.default_api import DefaultApiPlugin
from evalscope.perf.plugin.api.openai_api import OpenaiPlugin
from evalscope.perf.plugin.registry import register_api

from tasks.measure.speed.connection import Connections
from tasks.measure.speed.recorder import Sending

API = "servegauge"


@register_api(API)
class RequestMaker(OpenaiPlugin):  # type: ignore[misc]
    """Makes requests as EvalScope does."""

    def __init__(self, param: Any) -> None:
        DefaultApiPlugin.__init__(self, param)  # OpenaiPlugin would load the tokenizer a second time
        self.tokenizer = None


def body_of(request: Any) -> bytes:
    """A request's body as EvalScope serialises it."""
    return json.dumps(request, ensure_ascii=False).encode()


async def exchange(lines: Connections, request: bytes, sending: Sending, limit_s: float) -> None:
    """One request to the end of its answer; whatever goes wrong is told in the `Sending`."""
    try:
        async with asyncio.timeout(limit_s):
            await lines.ask(request, sending.answer)
    except TimeoutError:
        sending.error = f"no whole answer within {limit_s:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        sending.error = f"{type(error).__name__}: {error}"
