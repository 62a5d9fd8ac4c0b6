"""What one request is answered: its tokens, when each is due, and the bytes of each event."""

from __future__ import annotations

import json
import re
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tests.stub.ask import Ask
from tests.stub.options import Options

FILLER = tuple(f" {a}{b}" for a, b in product(string.ascii_lowercase, repeat=2))
"""Words that are one token each for the tests' tokenizer, and one word each without it."""
FILLER_JSON = tuple(json.dumps(word).encode() for word in FILLER)
OTHER_MODEL = "another-model"
SLOW_GAP_S = 1.0
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """A text to give when the question contains a text."""

    contains: str
    answer: str


@dataclass(slots=True)
class Job:
    """One answer in the making; token k, from 0, is due `offset(k)` seconds after the start."""

    ask: Ask
    options: Options
    fault: str
    number: int
    words: tuple[str, ...]
    """The answer's own tokens; filler follows them."""
    tokens: int
    finish: str
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def half(self) -> int:
        """The token before which mid-stream faults strike."""
        return self.tokens // 2

    def offset(self, k: int) -> float:
        """When token k is due after the start, s."""
        extra = SLOW_GAP_S - self.options.itl if self.fault == "slow_token" and k >= self.half else 0.0
        return self.options.ttft + k * self.options.itl + extra

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """The stream: after each chunk, how many tokens were sent in all, and its event.

        The first chunk has one token and a later one several when told so, each due with its last token:
        then TTFT and TPOT stay exact whatever the size.
        """
        head, tail = self._envelope()
        role = b""
        if self.ask.chat:
            role = self._event([{"index": 0, "delta": {"role": "assistant", "content": ""}}])
        start, size = 0, 1
        while start < self.tokens:
            end = min(start + size, self.tokens)
            finish = b"null" if end < self.tokens else json.dumps(self.finish).encode()
            yield end, b"".join((role, head, self._text_json(start, end), tail, finish, b"}]}\n\n"))
            role, start, size = b"", end, self.options.tokens_per_chunk

    def closing(self, prompt_tokens: int) -> bytes:
        """What follows the last token: usage, where wanted, and the end mark."""
        if not self.ask.include_usage or self.fault == "no_usage":
            return DONE
        return self._event([], usage=self.usage(prompt_tokens)) + DONE

    def whole(self, prompt_tokens: int) -> dict[str, Any]:
        """The answer that is not streamed."""
        text = "".join(self._text(k) for k in range(self.tokens))
        choice: dict[str, Any] = {"index": 0, "finish_reason": self.finish}
        choice |= {"message": {"role": "assistant", "content": text}} if self.ask.chat else {"text": text}
        usage = {} if self.fault == "no_usage" else {"usage": self.usage(prompt_tokens)}
        return self._base(chunk=False) | {"choices": [choice]} | usage

    def usage(self, prompt_tokens: int) -> dict[str, Any]:
        """What the answer says of itself; a lie where the fault wants one."""
        completion = self.tokens + (self.fault == "lying_usage")
        cached = prompt_tokens if self.fault == "cached" else 0
        return {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    def _base(self, chunk: bool) -> dict[str, Any]:
        kind = (
            ("chat.completion.chunk" if chunk else "chat.completion") if self.ask.chat else "text_completion"
        )
        model = OTHER_MODEL if self.fault == "wrong_model" else self.options.model
        name = f"{'chatcmpl' if self.ask.chat else 'cmpl'}-{self.number}"
        return {"id": name, "object": kind, "created": self.created, "model": model}

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        return b"data: " + json.dumps(self._base(chunk=True) | {"choices": choices} | more).encode() + b"\n\n"

    def _envelope(self) -> tuple[bytes, bytes]:
        """What stands before and after a token's text: made once, so that a chunk costs a join."""
        base = json.dumps(self._base(chunk=True))[:-1]
        text = '"delta": {"content": ' if self.ask.chat else '"text": '
        close = "}" if self.ask.chat else ""
        return (
            f'data: {base}, "choices": [{{"index": 0, {text}'.encode(),
            f'{close}, "logprobs": null, "finish_reason": '.encode(),
        )

    def _text(self, k: int) -> str:
        return self.words[k] if k < len(self.words) else FILLER[k % len(FILLER)]

    def _text_json(self, start: int, end: int) -> bytes:
        if end - start == 1 and start >= len(self.words):
            return FILLER_JSON[start % len(FILLER_JSON)]
        return json.dumps("".join(self._text(k) for k in range(start, end))).encode()


def make_job(ask: Ask, options: Options, answers: tuple[Answer, ...], fault: str, number: int) -> Job:
    """Decide what a request is answered and how long."""
    answer = next((a.answer for a in answers if a.contains in ask.question), None)
    words = () if answer is None else split_words(answer, options.tokens)
    tokens = len(words) or options.tokens
    if ask.ignore_eos and ask.limit is not None:
        tokens = ask.limit
    tokens = max(tokens, ask.min_tokens)
    finish = "stop"
    if ask.limit is not None and tokens >= ask.limit:
        tokens, finish = ask.limit, "length"
    if fault == "short":
        tokens, finish = max(1, tokens - 1), "stop"
    return Job(ask, options, fault, number, words, tokens, finish)


def split_words(text: str, most: int) -> tuple[str, ...]:
    """A text as at most `most` tokens, which joined give it back; the last carries the rest."""
    words = re.findall(r"\s*\S+\s*$|\s*\S+", text) or [text]
    return (*words[: most - 1], "".join(words[most - 1 :])) if len(words) > most else tuple(words)
