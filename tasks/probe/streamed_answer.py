"""Sends one streaming request and describes the form of the server's answer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any, Literal

import httpx

from tasks.config.base import Frozen
from tasks.probe.first_answer import REFUSED, question
from tasks.probe.http_client import message_of
from tasks.serve.endpoint import MAX_COMPLETION_TOKENS, MAX_TOKENS, Endpoint, RequestKind
from tasks.text import status_and_message

UsageForm = Literal["in a chunk of its own", "with the last choice", "in every chunk"]
REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")


class StreamedAnswer(Frozen):
    """How a server answered one streaming request.

    Attributes:
        kind: the kind of request.
        error: why there is no answer, without secrets; None if there is an answer.
        broke_off: whether the server closed the connection before the answer's end.
        alone: whether only a request without others at the same time got an answer.
        max_tokens_field: the name of the field that limited the length.
        chunks: the number of events with a choice; 0 if the server did not stream.
        usage: which chunks carried the token counts; None if no chunk did.
        reasoning_fields: the names of the fields in which the answer carried reasoning.
        model: the model name in the answer.
        ttft_s: seconds until the first bytes of the answer's body.
    """

    kind: RequestKind
    error: str | None = None
    broke_off: bool = False
    alone: bool = False
    max_tokens_field: str = MAX_TOKENS
    chunks: int = 0
    usage: UsageForm | None = None
    reasoning_fields: tuple[str, ...] = ()
    model: str | None = None
    ttft_s: float | None = None


def streamed_answer(
    client: httpx.Client, endpoint: Endpoint, kind: RequestKind, deadline: float
) -> StreamedAnswer:
    """Send a short prompt and return the answer's form.

    If the server refuses `max_tokens`, send it again with `max_completion_tokens`. `deadline` is a time of
    time.monotonic(); an answer that has not ended by then is an error.
    """
    answer = StreamedAnswer(kind=kind)
    for field in (MAX_TOKENS, MAX_COMPLETION_TOKENS):
        body = question(endpoint, kind, field) | {"stream": True, "stream_options": {"include_usage": True}}
        try:
            answer, may_be_renamed = _send(client, endpoint, StreamedAnswer(kind=kind), body, deadline)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = endpoint.masked(str(error)) or type(error).__name__
            broke_off = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
            return StreamedAnswer(kind=kind, error=reason, broke_off=broke_off)
        answer = answer.model_copy(update={"max_tokens_field": field})
        if not may_be_renamed:
            break
    return answer


def _send(
    client: httpx.Client, endpoint: Endpoint, answer: StreamedAnswer, body: dict[str, Any], deadline: float
) -> tuple[StreamedAnswer, bool]:
    """Return the answer, and whether the server refused `max_tokens`."""
    start, chunks, ttft_s = time.monotonic(), list[bytes](), None
    timeout = max(0.1, deadline - start)
    with client.stream("POST", endpoint.url_of(answer.kind), json=body, timeout=timeout) as response:
        for chunk in response.iter_bytes():
            ttft_s = ttft_s or time.monotonic() - start
            chunks.append(chunk)
            if time.monotonic() > deadline:
                return answer.model_copy(update={"error": "the answer did not end in time"}), False
        content = b"".join(chunks)
        if response.status_code != 200:
            message = message_of(httpx.Response(response.status_code, content=content))
            refused = response.status_code in REFUSED and MAX_TOKENS in message.replace(
                MAX_COMPLETION_TOKENS, MAX_TOKENS
            )
            error = f"HTTP {status_and_message(response.status_code, endpoint.masked(message))}"
            return answer.model_copy(update={"error": error}), refused
        if "text/event-stream" not in response.headers.get("Content-Type", ""):
            return answer.model_copy(update={"ttft_s": ttft_s}), False
    events = list(_events(content))
    return answer.model_copy(update={"ttft_s": ttft_s, **_form_of(events, endpoint)}), False


def _events(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the events that are JSON objects.

    Only the line ends of the event stream standard count: JSON text may contain other line separators.
    """
    for line in _LINE_END.split(content.removeprefix(BYTE_ORDER_MARK)):
        if line.startswith(b"data:"):
            try:
                event = json.loads(line[5:])
            except ValueError:
                continue  # [DONE]
            if isinstance(event, dict):
                yield event


def _form_of(events: list[dict[str, Any]], endpoint: Endpoint) -> dict[str, Any]:
    """Return the fields of a StreamedAnswer that its events determine."""
    errors = [event["error"] for event in events if event.get("error")]
    if errors:
        return {"error": endpoint.masked(json.dumps(errors[0]))[:300]}
    with_choice = [event for event in events if _choice_of(event) is not None]
    with_usage = [event for event in events if isinstance(event.get("usage"), dict)]
    usage: UsageForm | None = None
    if with_usage and _choice_of(with_usage[-1]) is None:
        usage = "in a chunk of its own"
    elif with_usage:
        usage = "with the last choice"
    if len(with_usage) > 1 and len(with_usage) >= len(with_choice):
        usage = "in every chunk"
    reasoning = {name for event in with_choice for name in REASONING_FIELDS if _delta_of(event).get(name)}
    models = [event["model"] for event in events if isinstance(event.get("model"), str)]
    return {
        "chunks": len(with_choice),
        "usage": usage,
        "reasoning_fields": tuple(sorted(reasoning)),
        "model": models[0] if models else None,
    }


def _choice_of(event: dict[str, Any]) -> dict[str, Any] | None:
    choices = event.get("choices")
    if not (isinstance(choices, list) and choices and isinstance(choices[0], dict)):
        return None
    is_malformed = not isinstance(choices[0].get("delta"), dict | None)
    return None if is_malformed else choices[0]


def _delta_of(event: dict[str, Any]) -> dict[str, Any]:
    delta = (_choice_of(event) or {}).get("delta")
    return delta if isinstance(delta, dict) else {}
