"""A streaming client that notes when each event arrived, for the stub's own tests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import aiohttp


@dataclass
class StreamedResponse:
    """One response as the client received it. Times are seconds of `time.monotonic`."""

    sent: float
    """When the request was sent."""
    status: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    """When each event arrived."""
    done: bool = False
    """Whether the end mark arrived."""
    error: Exception | None = None

    @property
    def texts(self) -> list[str]:
        """The text of each event that has any."""
        choices = [event["choices"][0] for event in self.events if event.get("choices")]
        texts = [choice.get("text", choice.get("delta", {}).get("content")) for choice in choices]
        return [text for text in texts if text]

    @property
    def ttft(self) -> float:
        """Seconds from sending to the first event."""
        return self.received[0] - self.sent

    @property
    def usage(self) -> dict[str, Any]:
        """The last `usage` object. Raises LookupError if there is none."""
        for event in reversed(self.events):
            if event.get("usage"):
                return dict(event["usage"])
        raise LookupError("no event has a usage object")


def stream_all(url: str, bodies: list[dict[str, Any]], timeout_s: float = 10.0) -> list[StreamedResponse]:
    """Send all bodies at once and read each response to its end. `error` keeps what went wrong."""
    return asyncio.run(_stream_all(url, bodies, timeout_s))


def stream_one(url: str, body: dict[str, Any], timeout_s: float = 10.0) -> StreamedResponse:
    """Send one body and read the response to its end."""
    (response,) = stream_all(url, [body], timeout_s)
    return response


def completion_body(tokens: int, prompt: str | list[int] = "one two three", **fields: Any) -> dict[str, Any]:
    """Return the body of a streamed completion of exactly `tokens` tokens. `fields` replace its fields."""
    length = {"max_tokens": tokens, "min_tokens": tokens, "ignore_eos": True}
    options = {"stream": True, "stream_options": {"include_usage": True}}
    return {"model": "stub", "prompt": prompt} | length | options | fields


async def _stream_all(url: str, bodies: list[dict[str, Any]], timeout_s: float) -> list[StreamedResponse]:
    limits = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=limits) as session:
        return await asyncio.gather(*(_stream(session, url, body) for body in bodies))


async def _stream(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> StreamedResponse:
    streamed = StreamedResponse(monotonic())
    try:
        async with session.post(url, json=body) as response:
            streamed.status = response.status
            async for line in response.content:
                if line == b"data: [DONE]\n":
                    streamed.done = True
                elif line.startswith(b"data: "):
                    streamed.received.append(monotonic())
                    streamed.events.append(json.loads(line[6:]))
    except (aiohttp.ClientError, TimeoutError) as error:
        streamed.error = error
    return streamed
