"""The spec field `request`: API fields that are added to every request body unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tasks.config.refusal import refuse

RequestFields = dict[str, Any]
"""Fields of a request's body, by name; any JSON value."""

_LENGTH = "set output_tokens (exact) or max_tokens of the sweep"
_STREAMED = "remove it: answers are always streamed, with their usage"
_ONE = "remove it: a request has one answer, whose tokens are counted"
OWNED: Mapping[str, str] = {
    "model": "set server.model or server.served_name",
    "prompt": "set `dataset`",
    "messages": "set `dataset`",
    "input": "set `dataset`",
    "stream": _STREAMED,
    "stream_options": _STREAMED,
    "n": _ONE,
    "best_of": _ONE,
    "echo": "remove it: a prompt in the answer would count as output",
    "extra_body": "write its fields in `request` itself",
}
"""Fields that the pipeline itself sets in every request, each with a remedy for the error message."""
OWNED_BY_SWEEP: Mapping[str, str] = {
    **OWNED,
    "max_tokens": _LENGTH,
    "max_completion_tokens": _LENGTH,
    "min_tokens": "set output_tokens, which makes each answer that long",
    "ignore_eos": "set output_tokens, which makes each answer that long",
    "temperature": "set `temperature` of the sweep",
}
OWNED_BY_GENERATION: Mapping[str, str] = {
    **OWNED,
    "max_tokens": "set generation.max_tokens",
    "max_completion_tokens": "set generation.max_tokens",
    "temperature": "set generation.temperature",
    "top_p": "set generation.top_p",
    "reasoning_effort": "set generation.reasoning_effort",
}


def check_request_fields(fields: RequestFields, owned: Mapping[str, str]) -> RequestFields:
    """Return the fields unchanged. Raise `refuse`'s error if one is in `owned` or is not valid JSON."""
    for name, value in fields.items():
        if name in owned:
            raise refuse(f"`{name}` is set by the pipeline itself", owned[name])
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise refuse(
                f"`{name}` is {value!r}, which is no JSON",
                "write a text, a number, true, false, null, a list or a mapping; quote a date",
            ) from None
    return fields
