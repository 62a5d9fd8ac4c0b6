"""The stub's options: where it listens, its model, its timings, its answers and its faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Times in seconds, lengths in tokens.

    Args:
        host: the address that it listens on.
        port: 0: any free port.
        model: the one model that it serves.
        api_key: requests under /v1 without this key get 401. Empty: no key is needed.
        ttft: from the request's last byte to the first token.
        itl: from token to token.
        tokens: tokens of an answer whose length the request does not set.
        tokens_per_chunk: tokens of each chunk but the first, which has one.
        prompt_tokens: the prompt's tokens in `usage`. None: they are counted.
        tokenizer: folder of the tokenizer that counts them. None: words are counted.
        answers: `{"contains": part of the question, "answer": text}` for questions with a text of their own,
            and the other fields of `CannedAnswer`.
        prefix_cache: tokens that earlier prompts begin with count as prefix cache hits.
        slots: requests that generate at once. 0: no limit.
        no_metrics: /metrics answers 404.
        start_delay: for so long /health answers 503.
        faults: fields of `Fault`, as in the body of POST /stub/faults.
        manners: names of manners in which requests under /v1 are answered in turn. Empty: as OpenAI does.
        log: a file that gets a JSON line for each request.
    """

    host: str = "127.0.0.1"
    port: int = 0
    model: str = "stub"
    api_key: str = ""
    ttft: float = 0.05
    itl: float = 0.01
    tokens: int = 64
    tokens_per_chunk: int = 1
    prompt_tokens: int | None = None
    tokenizer: str | None = None
    answers: Sequence[Mapping[str, Any]] = ()
    prefix_cache: bool = False
    slots: int = 0
    no_metrics: bool = False
    start_delay: float = 0.0
    faults: Sequence[Mapping[str, Any]] = ()
    manners: Sequence[str] = ()
    log: str | None = None
