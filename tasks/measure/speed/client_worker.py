"""Builds requests with EvalScope's OpenAI client, and sends them on connections that record times.

EvalScope's own client starts its clock before it serialises the request, looks up proxies and netrc, and gets
a connection. It stops the clock when its event loop reads a chunk, after it has parsed all earlier ones. At
a concurrency of 100 that adds 20 to 45 ms to every TTFT, which the server did not cause.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError
from evalscope.perf.plugin.api.default_api import DefaultApiPlugin
from evalscope.perf.plugin.api.openai_api import OpenaiPlugin
from evalscope.perf.plugin.registry import register_api

from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest
from tasks.serve.endpoint import EXACT_LENGTH_FIELDS, MAX_TOKENS

API = "servegauge"


@register_api(API)
class RequestBuilder(OpenaiPlugin):  # type: ignore[misc]
    """Builds request bodies as EvalScope does, without a tokenizer."""

    def __init__(self, param: Any) -> None:
        DefaultApiPlugin.__init__(self, param)  # OpenaiPlugin would load the tokenizer a second time
        self.tokenizer = None


def body_of(request: dict[str, Any], planned: PlannedRequest, job: PointJob) -> bytes:
    """Return the body of a planned request as EvalScope serialises it."""
    return json.dumps(fields_of(request, planned, job), ensure_ascii=False).encode()


def fields_of(request: dict[str, Any], planned: PlannedRequest, job: PointJob) -> dict[str, Any]:
    """Return a body with the planned length, the sweep's `request`, and the server's field names."""
    sweep = job.sweep.kind_of(planned.part)
    fields = {**request, **_length_fields(planned, sweep), **sweep.request}
    fields[job.endpoint.max_tokens_field(sweep.endpoint)] = fields.pop(MAX_TOKENS)
    if sweep.endpoint in job.endpoint.conventions.refuses_exact_length:
        for name in EXACT_LENGTH_FIELDS:
            fields.pop(name, None)
    return fields


def _length_fields(planned: PlannedRequest, sweep: Sweep) -> dict[str, Any]:
    """Return the fields that set the length of the answer."""
    tokens = planned.output_tokens
    if tokens is None:
        return {MAX_TOKENS: sweep.max_tokens}
    return {MAX_TOKENS: tokens, "min_tokens": tokens, "ignore_eos": True}


async def send_request(
    connections: Connections, http_request: bytes, request: SentRequest, timeout_s: float
) -> None:
    """Send a request and wait for its whole response; an error is stored in `request.error`.

    Close the connection if the request is to be abandoned before its response is complete.
    """
    abandon_after_s = request.planned.abandon_after_s
    abandons = abandon_after_s is not None and abandon_after_s < timeout_s
    limit = asyncio.timeout(abandon_after_s if abandons else timeout_s)
    try:
        async with limit:
            await connections.send(http_request, request.response)
    except TimeoutError:
        if abandons and limit.expired():  # not a time-out of the network
            request.abandoned = True
            return
        request.error = f"no complete response within {timeout_s:g} s"
    except Exception as error:  # of aiohttp's parser, for example; it may fail only this request
        request.error = _reason(error)


def _reason(error: Exception) -> str:
    """Return in one line why a request failed."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(
        error, HttpProcessingError
    ):  # its own text begins with a status that the server did not send
        text = f"the answer is no valid HTTP: {error.message}"
    return " ".join(text.split())
