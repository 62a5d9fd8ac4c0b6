"""One response: its tokens, when each is due, and the bytes of each event."""

from __future__ import annotations

import json
import re
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from stub.options import Options
from stub.request_body import RequestBody

FILLER = tuple(f" {first}{second}" for first, second in product(string.ascii_lowercase, repeat=2))
"""Words of one token each, for the tests' tokenizer and for a count by words."""
FILLER_JSON = tuple(json.dumps(word).encode() for word in FILLER)
OTHER_MODEL = "another-model"
"""The model that a response names under the fault `wrong_model`."""
SLOW_GAP_S = 1.0
DONE = b"data: [DONE]\n\n"


@dataclass(slots=True)
class Completion:
    """One response. Token k, counted from 0, is due `offset(k)` seconds after the start."""

    body: RequestBody
    options: Options
    fault: str
    number: int
    words: tuple[str, ...]
    """The tokens of the canned answer. Filler follows them."""
    tokens: int
    finish_reason: str
    cached_tokens: int = 0
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def half(self) -> int:
        """The number of the token before which a response breaks midway."""
        return self.tokens // 2

    def offset(self, k: int) -> float:
        """Return the seconds from the start until token k is due."""
        slow = self.fault == "slow_token" and k >= self.half
        gap = SLOW_GAP_S - self.options.itl if slow else 0.0
        return self.options.ttft + k * self.options.itl + gap

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """Yield each chunk of the stream: how many tokens are sent with it in total, and its event.

        The first chunk has one token. A later one has as many as the options set, and is due with its last
        token. So TTFT and TPOT are exact for every size.
        """
        before, after = self._frame_of_text()
        role = b""
        if self.body.chat:
            role = self._event([{"index": 0, "delta": {"role": "assistant", "content": ""}}])
        start, size = 0, 1
        while start < self.tokens:
            end = min(start + size, self.tokens)
            finish = b"null" if end < self.tokens else json.dumps(self.finish_reason).encode()
            yield end, b"".join((role, before, self._text_json(start, end), after, finish, b"}]}\n\n"))
            role, start, size = b"", end, self.options.tokens_per_chunk

    def timed_chunks(self) -> Iterator[tuple[float, int, bytes]]:
        """Yield each chunk: its seconds after the start, all tokens sent with it, and its event."""
        for tokens, event in self.chunks():
            yield self.offset(tokens - 1), tokens, event

    def end_of_stream(self, prompt_tokens: int) -> bytes:
        """Return what follows the last token: `usage` if it was requested, and the end mark."""
        if not self.body.include_usage or self.fault == "no_usage":
            return DONE
        return self._event([], usage=self.usage(prompt_tokens)) + DONE

    def whole(self, prompt_tokens: int) -> dict[str, Any]:
        """Return the body of a response that is not streamed."""
        text = "".join(self._text(k) for k in range(self.tokens))
        choice: dict[str, Any] = {"index": 0, "finish_reason": self.finish_reason}
        choice |= {"message": {"role": "assistant", "content": text}} if self.body.chat else {"text": text}
        usage = {} if self.fault == "no_usage" else {"usage": self.usage(prompt_tokens)}
        return self._envelope(streamed=False) | {"choices": [choice]} | usage

    def usage(self, prompt_tokens: int) -> dict[str, Any]:
        """Return the `usage` object, which is wrong under some faults."""
        completion = self.tokens + (self.fault == "lying_usage")
        return {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens},
        }

    def _envelope(self, streamed: bool) -> dict[str, Any]:
        kind = "text_completion"
        if self.body.chat:
            kind = "chat.completion.chunk" if streamed else "chat.completion"
        model = OTHER_MODEL if self.fault == "wrong_model" else self.options.model
        name = f"{'chatcmpl' if self.body.chat else 'cmpl'}-{self.number}"
        return {"id": name, "object": kind, "created": self.created, "model": model}

    def _event(self, choices: list[dict[str, Any]], **fields: Any) -> bytes:
        event = self._envelope(streamed=True) | {"choices": choices} | fields
        return b"data: " + json.dumps(event).encode() + b"\n\n"

    def _frame_of_text(self) -> tuple[bytes, bytes]:
        """Return the bytes before and after a chunk's text. They are the same for all chunks."""
        envelope = json.dumps(self._envelope(streamed=True))[:-1]
        text = '"delta": {"content": ' if self.body.chat else '"text": '
        close = "}" if self.body.chat else ""
        return (
            f'data: {envelope}, "choices": [{{"index": 0, {text}'.encode(),
            f'{close}, "logprobs": null, "finish_reason": '.encode(),
        )

    def _text(self, k: int) -> str:
        return self.words[k] if k < len(self.words) else FILLER[k % len(FILLER)]

    def _text_json(self, start: int, end: int) -> bytes:
        if end - start == 1 and start >= len(self.words):
            return FILLER_JSON[start % len(FILLER_JSON)]
        return json.dumps("".join(self._text(k) for k in range(start, end))).encode()


def make_completion(
    body: RequestBody, options: Options, text: str | None, fault: str, number: int
) -> Completion:
    """Decide the length of the response to a request, whose text is scripted or filler."""
    words = split_words(text, options.tokens) if text is not None else ()
    tokens = len(words) or options.tokens
    if body.ignore_eos and body.max_tokens is not None:
        tokens = body.max_tokens
    tokens = max(tokens, body.min_tokens)
    finish_reason = "stop"
    if body.max_tokens is not None and tokens >= body.max_tokens:
        tokens, finish_reason = body.max_tokens, "length"
    if fault == "short":
        tokens, finish_reason = max(1, tokens - 1), "stop"
    return Completion(body, options, fault, number, words, tokens, finish_reason)


def split_words(text: str, limit: int) -> tuple[str, ...]:
    """Split a text into at most `limit` tokens, which joined are the text. The last one has the rest."""
    words = re.findall(r"\s*\S+\s*$|\s*\S+", text) or [text]
    if len(words) <= limit:
        return tuple(words)
    return (*words[: limit - 1], "".join(words[limit - 1 :]))
