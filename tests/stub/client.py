"""What the stub's own tests share: a streaming client that notes when each event came, and patience."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import aiohttp


@dataclass
class Heard:
    """What one request brought back; times in seconds of `time.monotonic`."""

    sent: float
    status: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    done: bool = False
    error: Exception | None = None

    @property
    def texts(self) -> list[str]:
        """The text of each event that carries any."""
        choices = [event["choices"][0] for event in self.events if event.get("choices")]
        found = [c.get("text", c.get("delta", {}).get("content")) for c in choices]
        return [text for text in found if text]

    @property
    def ttft(self) -> float:
        """From sending to the first event, s."""
        return self.at[0] - self.sent

    @property
    def usage(self) -> dict[str, Any]:
        """The usage event's content; raises LookupError when there is none."""
        return next(event["usage"] for event in reversed(self.events) if event.get("usage"))


def hear(url: str, bodies: list[dict[str, Any]], timeout_s: float = 10.0) -> list[Heard]:
    """Send all bodies at once and listen to the end of each; a failure is kept in `error`."""
    return asyncio.run(_hear_all(url, bodies, timeout_s))


async def _hear_all(url: str, bodies: list[dict[str, Any]], timeout_s: float) -> list[Heard]:
    limits = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=limits) as session:
        return await asyncio.gather(*(_hear(session, url, body) for body in bodies))


async def _hear(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> Heard:
    heard = Heard(monotonic())
    try:
        async with session.post(url, json=body) as response:
            heard.status = response.status
            async for line in response.content:
                if line == b"data: [DONE]\n":
                    heard.done = True
                elif line.startswith(b"data: "):
                    heard.at.append(monotonic())
                    heard.events.append(json.loads(line[6:]))
    except (aiohttp.ClientError, TimeoutError) as error:
        heard.error = error
    return heard


def fixed(tokens: int, prompt: str = "one two three", **more: Any) -> dict[str, Any]:
    """The body of a streamed completion of exactly so many tokens."""
    length = {"max_tokens": tokens, "min_tokens": tokens, "ignore_eos": True}
    options = {"stream": True, "stream_options": {"include_usage": True}}
    return {"model": "stub", "prompt": prompt} | length | options | more


def until(condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Ask again and again until it holds; fails the test when it does not in time."""
    end = monotonic() + limit_s
    while not condition():
        assert monotonic() < end, "it never came to hold"
        sleep(0.02)
