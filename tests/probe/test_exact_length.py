"""Whether a server refuses the fields that make an answer's length exact, and what follows from it."""

from __future__ import annotations

import json

import httpx
import pytest

from tasks.probe.conventions import find_conventions
from tasks.probe.exact_length import refuses_exact_length
from tasks.probe.first_answer import FirstAnswer
from tasks.serve.endpoint import RequestKind
from tests.probe.talk import ENDPOINT, Answer, server

CHAT = FirstAnswer(kind="chat", input_tokens=5, output_tokens=8, latency_s=0.1)


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [
        (httpx.Response(200, json={}), False),
        (httpx.Response(422, json={"detail": "Unexpected fields in the request: {'min_tokens'}"}), True),
        (httpx.Response(400, json={"error": {"message": "Unrecognized argument: ignore_eos"}}), True),
        (httpx.Response(400, json={"error": {"message": "the prompt is too long"}}), False),
        (httpx.Response(500, text="ignore_eos"), False),
        (httpx.ConnectError("gone"), False),
    ],
)
def test_only_a_refusal_that_names_a_field_counts(answer: Answer, refuses: bool) -> None:
    assert refuses_exact_length(ENDPOINT, "chat", transport=server(v1_chat_completions=answer)) == refuses


def test_a_refusal_is_a_convention_with_a_warning_and_only_for_kinds_that_need_the_fields() -> None:
    bodies = []

    def refuse(request: httpx.Request) -> Answer:
        bodies.append(json.loads(request.content))
        return httpx.Response(422, json={"detail": "Unexpected fields in the request: {'ignore_eos'}"})

    transport = server(v1_chat_completions=refuse)
    kinds: frozenset[RequestKind] = frozenset({"chat"})
    found, warnings = find_conventions(ENDPOINT, (CHAT,), kinds, may_close=False, transport=transport)
    assert found.refuses_exact_length == kinds
    (warning,) = warnings
    assert warning.startswith("the server refuses ignore_eos and min_tokens in requests to chat")
    assert [(body["min_tokens"], body["ignore_eos"]) for body in bodies] == [(8, True)]

    assert find_conventions(ENDPOINT, (CHAT,), may_close=False, transport=transport)[1] == ()
    assert len(bodies) == 1
