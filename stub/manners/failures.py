"""Manners of failing: answers that break off, report an error or have another shape than the API's."""

from __future__ import annotations

import json
from typing import Any

from stub.manners.manner import (
    DONE,
    END,
    FIRST,
    LAST,
    WORDS,
    Failed,
    Manner,
    Piece,
    choice,
    delta,
    event,
    paced,
    rewritten,
    usage,
    usage_fields,
)

MESSAGE = "out of memory"
SAID = Failed(MESSAGE)
NESTED = b"[" * 100_000


def then(*events: bytes, end: bytes = b"") -> list[Piece]:
    """A first token, then these events."""
    return [(1.0, FIRST), (2.0, b"".join(events) + end)]


def first(payload: Any) -> list[Piece]:
    """An odd first event, then the plain answer."""
    return [(0.5, event(payload)), *paced(*WORDS)]


def odd_usage(**fields: Any) -> list[Piece]:
    """The plain answer with an odd `usage`."""
    return paced(*WORDS, end=event({"choices": [], "usage": usage_fields()["usage"] | fields}) + DONE)


def broken(
    name: str, what: str, pieces: list[Piece], field: str, content_type: str = "text/event-stream"
) -> Manner:
    """An answer of another shape; `field` is what the reason names."""
    return Manner(name, what, pieces, Failed(field), content_type)


IN_BAND = {"error": {"message": MESSAGE, "type": "server_error", "code": 500}}
BARE = {"code": 500, "message": MESSAGE}

FAILURES = [
    Manner(
        "broken-off",
        "the end after fewer tokens than asked for",
        then(usage(completion=2)),
        Failed("broke off"),
    ),
    Manner("broken-off-without-usage", "the same without `usage`", then(), Failed("broke off")),
    Manner("cut", "the end amid an event", then(LAST[:60]), Failed("an event is no JSON")),
    Manner("error", "an event with `error`", then(event(IN_BAND)), SAID),
    Manner("error-text", "an event whose `error` is text", then(event({"error": MESSAGE})), SAID),
    Manner("error-object", '`object: "error"`', then(event({"object": "error", "message": MESSAGE})), SAID),
    Manner(
        "error-blank",
        "an event whose `error` is a blank",
        then(event({"error": " "})),
        Failed('{"error": " "}'),
    ),
    Manner("error-event", "`event: error` with JSON", then(b"event: error\n" + event(BARE)), SAID),
    Manner(
        "error-event-text", "`event: error` with text", then(b"event: error\ndata: out of memory\n\n"), SAID
    ),
    Manner(
        "error-event-empty",
        "`event: error` without data",
        then(b"event: error\n\n"),
        Failed("without a message"),
    ),
    Manner("error-bare", "a bare `{code, message}`", then(event(BARE), end=DONE), SAID),
    Manner("error-detail", "a bare `{detail}`", then(event({"detail": MESSAGE}), end=DONE), SAID),
    Manner(
        "error-then-usage",
        "an error, then `usage` and `[DONE]`",
        then(event(BARE), end=usage(completion=64) + DONE),
        SAID,
    ),
    Manner(
        "error-after-done",
        "an error after `usage` and `[DONE]`",
        paced(*WORDS, end=END + event(IN_BAND)),
        SAID,
    ),
    Manner(
        "error-in-choice",
        "`choices[].error`",
        then(event(choice("error", delta={}, error=BARE)), end=END),
        SAID,
    ),
    Manner(
        "finish-abort",
        '`finish_reason: "abort"`',
        then(delta("abort"), end=END),
        Failed("finish_reason 'abort'"),
    ),
    Manner(
        "finish-error",
        '`finish_reason: "error"`',
        then(delta("error"), end=END),
        Failed("finish_reason 'error'"),
    ),
    Manner(
        "error-unstreamed",
        "an error of status 200, not streamed",
        [(1.0, json.dumps(IN_BAND).encode())],
        SAID,
        "application/json",
    ),
    Manner(
        "status",
        "another status than 200",
        [(1.0, json.dumps(IN_BAND).encode())],
        Failed("HTTP 503: out of memory"),
        status=503,
    ),
    Manner(
        "status-nested",
        "another status, and lists nested 100,000 deep",
        [(1.0, NESTED)],
        Failed("HTTP 500: [[["),
        status=500,
    ),
    Manner(
        "text-then-end",
        "text instead of JSON",
        then(b"data: out of memory\n\n"),
        Failed("it says 'out of memory'"),
    ),
    Manner(
        "html",
        "a web page with status 200",
        [(1.0, b"<html>sign in</html>")],
        Failed("it says '<html>sign in"),
        "text/html",
    ),
    Manner("nothing", "an empty body", [(1.0, b"")], Failed("neither output nor a finish reason")),
    Manner("done-alone", "`[DONE]` alone", [(1.0, DONE)], Failed("neither output nor a finish reason")),
    Manner(
        "role-alone",
        "the role and no token",
        [(1.0, delta(role="assistant") + usage(completion=0) + DONE)],
        Failed("no token"),
    ),
    Manner(
        "another-model",
        "another model than the one asked",
        rewritten(b'"stub"', b'"other"'),
        Failed("the answer is of model 'other'"),
    ),
    broken("choice-null", "`choices: [null]` first", first({"choices": [None]}), "choices[] is null"),
    broken(
        "choice-null-later",
        "`choices: [null]` later",
        then(event({"choices": [None]}), end=END),
        "choices[] is null",
    ),
    broken("choices-object", "`choices` as an object", first({"choices": {"0": {}}}), "choices is an object"),
    broken("choices-number", "`choices` as a number", first({"choices": 5}), "choices is a number"),
    broken("delta-list", "`delta` as a list", first({"choices": [{"delta": [1]}]}), "delta is a list"),
    broken("delta-text", "`delta` as text", first({"choices": [{"delta": "a"}]}), "delta is text"),
    broken(
        "content-number",
        "a number where text belongs",
        first({"choices": [{"delta": {"content": 5}}]}),
        "content is a number",
    ),
    broken(
        "content-boolean",
        "a boolean where text belongs",
        first({"choices": [{"text": True}]}),
        "text is a boolean",
    ),
    broken(
        "calls-text",
        "`tool_calls` as text",
        first({"choices": [{"delta": {"tool_calls": "f"}}]}),
        "tool_calls is text",
    ),
    broken(
        "calls-number",
        "`tool_calls` of numbers",
        first({"choices": [{"delta": {"tool_calls": [5]}}]}),
        "tool_calls[] is a number",
    ),
    broken(
        "finish-number",
        "`finish_reason` as a number",
        first({"choices": [{"finish_reason": 5}]}),
        "finish_reason is a number",
    ),
    broken("model-list", "`model` as a list", first({"model": [], "choices": []}), "model is a list"),
    broken("usage-list", "`usage` as a list", first({"choices": [], "usage": [7, 4]}), "usage is a list"),
    broken(
        "usage-text",
        "counts written as text",
        odd_usage(completion_tokens="4"),
        "usage.completion_tokens is text",
    ),
    broken(
        "usage-negative", "a negative count", odd_usage(completion_tokens=-4), "usage.completion_tokens is -4"
    ),
    broken(
        "usage-nan",
        "`NaN` as a count",
        odd_usage(completion_tokens=float("nan")),
        "usage.completion_tokens is nan",
    ),
    broken(
        "usage-infinite",
        "`Infinity` as a count",
        odd_usage(prompt_tokens=float("inf")),
        "usage.prompt_tokens is inf",
    ),
    broken(
        "usage-huge", "a count of 400 digits", odd_usage(total_tokens=10**400), "usage.total_tokens is 1000"
    ),
    broken(
        "usage-details-list",
        "`completion_tokens_details` as a list",
        odd_usage(completion_tokens_details=[3]),
        "usage.completion_tokens_details is a list",
    ),
    broken(
        "nested",
        "lists nested 100,000 deep",
        [(0.5, b'data: {"choices":' + NESTED + b"\n\n"), *paced(*WORDS)],
        "nested too deeply",
    ),
    broken(
        "half-character",
        "half of a character in an error",
        then(event({"error": "\ud800 " + MESSAGE})),
        MESSAGE,
    ),
]
