"""Reading a request's body: what was asked, checked as strictly as the tests need."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

WHOLE_NUMBERS = ("max_tokens", "max_completion_tokens", "min_tokens")


class BadBody(Exception):
    """Answered with 400: the message and the parameter at fault."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `limit` is the most tokens wanted, None when it does not say."""

    chat: bool
    model: str
    prompt: str
    """All of the text; token ids joined by commas when the prompt was given as ids."""
    question: str
    """The last message, or the prompt."""
    messages: tuple[dict[str, str], ...]
    prompt_ids: int | None
    """How many ids, when the prompt was given as token ids."""
    stream: bool
    include_usage: bool
    limit: int | None
    min_tokens: int
    ignore_eos: bool


def parse_ask(raw: bytes, chat: bool, default_model: str) -> Ask:
    """Read a body of /v1/completions or /v1/chat/completions; raises BadBody."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadBody(f"the body is not JSON: {error}", "body") from error
    if not isinstance(body, dict):
        raise BadBody("the body is not a JSON object", "body")
    for name in WHOLE_NUMBERS:
        value = body.get(name)
        if value is not None and (type(value) is not int or value < (name != "min_tokens")):
            raise BadBody(f"{name} must be a whole number, at least 1, got {value!r}", name)
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    min_tokens = body.get("min_tokens") or 0
    if limit is not None and min_tokens > limit:
        raise BadBody(f"min_tokens {min_tokens} exceeds max_tokens {limit}", "min_tokens")
    if body.get("n") not in (None, 1):
        raise BadBody("n must be 1", "n")
    return Ask(
        chat=chat,
        model=body.get("model") or default_model,
        stream=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        limit=limit,
        min_tokens=min_tokens,
        ignore_eos=bool(body.get("ignore_eos")),
        **(_messages(body) if chat else _prompt(body)),
    )


def _messages(body: dict[str, Any]) -> dict[str, Any]:
    given = body.get("messages")
    if not isinstance(given, list) or not given or not all(isinstance(m, dict) for m in given):
        raise BadBody("messages must be a list of at least one message", "messages")
    messages = tuple({"role": str(m.get("role")), "content": _text(m.get("content"))} for m in given)
    prompt = "\n".join(m["content"] for m in messages)
    return {
        "prompt": prompt,
        "question": messages[-1]["content"],
        "messages": messages,
        "prompt_ids": None,
    }


def _text(content: Any) -> str:
    """The text of a message, given as a string or as a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _prompt(body: dict[str, Any]) -> dict[str, Any]:
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1 and not isinstance(prompt[0], int):
        prompt = prompt[0]
    ids = None
    if isinstance(prompt, list) and prompt and all(type(token) is int for token in prompt):
        ids, prompt = len(prompt), ",".join(map(str, prompt))
    if not isinstance(prompt, str) or not prompt:
        raise BadBody("prompt must be a text or a list of token ids", "prompt")
    return {"prompt": prompt, "question": prompt, "messages": (), "prompt_ids": ids}
