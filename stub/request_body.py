"""Request bodies, parsed and checked as strictly as the tests need."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MINIMUM = {"max_tokens": 1, "max_completion_tokens": 1, "min_tokens": 0}
"""Fields that must be whole numbers, and their smallest value."""


class InvalidBody(Exception):
    """The request gets a 400. Arguments: the message, and the field at fault."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text of a request."""

    text: str
    """All of it. Token ids are joined by commas."""
    question: str
    """The last message, or the prompt."""
    messages: tuple[dict[str, str], ...] = ()
    token_ids: int | None = None
    """How many token ids the prompt has. None: the prompt is text."""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body of a request to /v1/completions or /v1/chat/completions."""

    chat: bool
    model: str
    prompt: Prompt
    stream: bool
    include_usage: bool
    max_tokens: int | None
    min_tokens: int
    ignore_eos: bool


def parse_body(raw: bytes, chat: bool, default_model: str) -> RequestBody:
    """Parse and check a body. Raises InvalidBody."""
    body = _load(raw)
    _check_lengths(body)
    if body.get("n") not in (None, 1):
        raise InvalidBody("n must be 1", "n")
    return RequestBody(
        chat=chat,
        model=body.get("model") or default_model,
        prompt=_chat_prompt(body) if chat else _text_prompt(body),
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        max_tokens=_max_tokens(body),
        min_tokens=body.get("min_tokens") or 0,
        ignore_eos=bool(body.get("ignore_eos")),
    )


def _load(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise InvalidBody(f"the body is not JSON: {error}", "body") from error
    if not isinstance(body, dict):
        raise InvalidBody("the body is not a JSON object", "body")
    return body


def _check_lengths(body: dict[str, Any]) -> None:
    for name, minimum in MINIMUM.items():
        value = body.get(name)
        if value is not None and (type(value) is not int or value < minimum):
            raise InvalidBody(f"{name} must be a whole number, at least {minimum}, not {value!r}", name)
    max_tokens, min_tokens = _max_tokens(body), body.get("min_tokens") or 0
    if max_tokens is not None and min_tokens > max_tokens:
        raise InvalidBody(f"min_tokens {min_tokens} exceeds max_tokens {max_tokens}", "min_tokens")


def _max_tokens(body: dict[str, Any]) -> int | None:
    return body.get("max_completion_tokens") or body.get("max_tokens")


def _chat_prompt(body: dict[str, Any]) -> Prompt:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise InvalidBody("messages must be a list of at least one message", "messages")
    parsed = tuple({"role": str(m.get("role")), "content": _content(m.get("content"))} for m in messages)
    text = "\n".join(message["content"] for message in parsed)
    return Prompt(text=text, question=parsed[-1]["content"], messages=parsed)


def _content(content: Any) -> str:
    """Return the text of a message's content, which is a string or a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _text_prompt(body: dict[str, Any]) -> Prompt:
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1 and not isinstance(prompt[0], int):
        prompt = prompt[0]
    if isinstance(prompt, list) and prompt and all(type(token) is int for token in prompt):
        text = ",".join(map(str, prompt))
        return Prompt(text=text, question=text, token_ids=len(prompt))
    if not isinstance(prompt, str) or not prompt:
        raise InvalidBody("prompt must be a text or a list of token ids", "prompt")
    return Prompt(text=prompt, question=prompt)
