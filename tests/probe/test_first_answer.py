"""The first request of each kind."""

from __future__ import annotations

import json

import httpx
import pytest

from tasks.errors import EndpointError, ServerStartError
from tasks.probe.conventions import find_conventions
from tasks.probe.first_answer import first_answers
from tests.probe.talk import ENDPOINT, server

USAGE = {"usage": {"prompt_tokens": 5, "completion_tokens": 8}}
GOOD = httpx.Response(200, json=USAGE)


def test_one_request_of_each_kind_is_sent() -> None:
    requests = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append((request.url.path, json.loads(request.content)))
        return GOOD

    answers = first_answers(ENDPOINT, transport=server(v1_completions=answer, v1_chat_completions=answer))
    assert [(entry.kind, entry.input_tokens, entry.output_tokens) for entry in answers] == [
        ("chat", 5, 8),
        ("completions", 5, 8),
    ]
    (chat, chat_body), (completions, completions_body) = requests
    assert chat == "/v1/chat/completions"
    assert completions == "/v1/completions"
    assert chat_body["messages"][0]["role"] == "user"
    assert completions_body["prompt"]
    for body in (chat_body, completions_body):
        assert (body["model"], body["max_tokens"]) == ("tiny", 8)


def test_only_the_kinds_that_a_spec_uses_must_work() -> None:
    transport = server(v1_chat_completions=GOOD)
    assert [entry.kind for entry in first_answers(ENDPOINT, frozenset({"chat"}), transport=transport)] == [
        "chat"
    ]
    with pytest.raises(EndpointError, match="/v1/completions answered 404"):
        first_answers(ENDPOINT, transport=transport)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (
            httpx.Response(500, json={"error": {"message": "token out of vocabulary"}}),
            "token out of vocabulary",
        ),
        (httpx.Response(400, json={"object": "error", "message": "no chat template"}), "no chat template"),
        (httpx.Response(200, json={"choices": []}), "without counting tokens"),
        (
            httpx.Response(200, json={"model": "tiny-q4", **USAGE}),
            "the answer is of model 'tiny-q4', not 'tiny'",
        ),
        (
            httpx.Response(200, json={"usage": {"prompt_tokens": 5, "completion_tokens": 0}}),
            "without counting tokens",
        ),
        (httpx.Response(200, text="hello"), "without counting tokens"),
    ],
)
@pytest.mark.parametrize(("managed", "error"), [(False, EndpointError), (True, ServerStartError)])
def test_another_response_is_an_error_with_the_servers_message(
    answer: httpx.Response, what: str, managed: bool, error: type[Exception]
) -> None:
    with pytest.raises(error, match=what):
        first_answers(
            ENDPOINT, frozenset({"chat"}), managed=managed, transport=server(v1_chat_completions=answer)
        )


CHOICES: dict[str, object] = {"choices": [{"index": 0, "message": {"content": "four"}}]}


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({}, (None, None)),
        ({"usage": None}, (None, None)),
        ({"usage": [5, 8]}, (None, None)),
        ({"usage": {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 13}}, (5, None)),
        ({"usage": {"prompt_tokens": 5, "completion_tokens": "8"}}, (5, None)),
        ({"usage": {"prompt_tokens": 5, "completion_tokens": float("nan")}}, (5, None)),
    ],
)
def test_an_answer_without_its_tokens_is_measured_with_a_warning(
    usage: dict[str, object], tokens: tuple[int | None, int | None]
) -> None:
    """Its streams may count them."""
    answer = httpx.Response(200, content=json.dumps(CHOICES | usage))
    (first,) = first_answers(ENDPOINT, frozenset({"chat"}), transport=server(v1_chat_completions=answer))
    assert (first.input_tokens, first.output_tokens) == tokens
    warnings = find_conventions(ENDPOINT, (first,), may_close=False)[1]
    assert [warning for warning in warnings if "chat without counting their tokens (usage)" in warning]


UNSUPPORTED = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
)


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("message", [UNSUPPORTED, "Extra inputs are not permitted: max_tokens"])
def test_a_server_that_refuses_max_tokens_is_asked_by_the_other_name(status: int, message: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "max_tokens" in json.loads(request.content):
            return httpx.Response(status, json={"error": {"message": message}})
        return GOOD

    (first,) = first_answers(ENDPOINT, frozenset({"chat"}), transport=server(v1_chat_completions=answer))
    assert first.max_tokens_field == "max_completion_tokens"


def test_a_server_that_ignores_the_other_name_is_refused_with_its_first_message() -> None:
    """Its answers would be longer than the sweep asks for."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "max_tokens" in json.loads(request.content):
            return httpx.Response(400, json={"error": {"message": "max_tokens must be at least 16"}})
        return httpx.Response(200, json={"usage": {"prompt_tokens": 5, "completion_tokens": 500}})

    with pytest.raises(EndpointError, match="max_tokens must be at least 16") as raised:
        first_answers(ENDPOINT, frozenset({"chat"}), transport=server(v1_chat_completions=answer))
    assert "server's log" not in raised.value.remedy


@pytest.mark.parametrize(
    ("url", "status", "remedy", "absent"),
    [
        ("http://127.0.0.1:9/v1", 404, "completions or chat", "server.url"),
        ("http://127.0.0.1:9", 404, "correct server.url, which does not end in /v1", "log"),
        ("http://127.0.0.1:9/v1", 400, "change what the message names", "log"),
        ("http://127.0.0.1:9/v1", 500, "read the server's log", "server.url"),
    ],
)
def test_a_remedy_says_what_is_wrong(url: str, status: int, remedy: str, absent: str) -> None:
    endpoint = ENDPOINT.model_copy(update={"url": url})
    answer = httpx.Response(status, json={"error": "no"})
    transport = server(v1_chat_completions=answer, chat_completions=answer)
    with pytest.raises(EndpointError) as raised:
        first_answers(endpoint, frozenset({"chat"}), transport=transport)
    assert remedy in raised.value.remedy
    assert absent not in raised.value.remedy
