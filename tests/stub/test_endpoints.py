"""Each endpoint responds as vLLM's does, in all that a load generator reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from stub.process import Stub, stub_server
from tests.stub.streaming_client import completion_body, stream_one

CHAT = {"model": "stub", "messages": [{"role": "user", "content": "What is two and two?"}]}
StartStub = Callable[..., Stub]
ANSWERS = [{"contains": "two and two", "answer": "Let me think. It is \\boxed{4}"}]


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    """A stub for all tests of this module."""
    with stub_server(ttft=0.002, itl=0.0005, tokens=12, answers=ANSWERS) as stub:
        yield stub


@pytest.fixture
def http(server: Stub) -> Iterator[httpx.Client]:
    """A client of it. The log is empty."""
    server.clear_log()
    with httpx.Client(base_url=server.root, trust_env=False) as client:
        yield client


def test_health_version_and_models(http: httpx.Client) -> None:
    assert http.get("/health").status_code == 200
    assert http.get("/version").json() == {"version": "0.0.0+stub"}
    assert [card["id"] for card in http.get("/v1/models").json()["data"]] == ["stub"]


def test_a_server_that_is_not_ready_and_has_no_metrics(stub: StartStub) -> None:
    root = stub(start_delay=60, no_metrics=True).root
    assert httpx.get(f"{root}/health", trust_env=False).status_code == 503
    assert httpx.get(f"{root}/metrics", trust_env=False).status_code == 404


def test_a_completion_has_the_requested_length(http: httpx.Client, server: Stub) -> None:
    response = http.post("/v1/completions", json=completion_body(20, stream=False)).json()
    assert len(response["choices"][0]["text"].split()) == 20
    assert response["choices"][0]["finish_reason"] == "length"
    counts = ("prompt_tokens", "completion_tokens", "total_tokens")
    assert [response["usage"][name] for name in counts] == [3, 20, 23]
    (entry,) = server.log()
    assert (entry.path, entry.status, entry.tokens, entry.prompt_tokens) == ("/v1/completions", 200, 20, 3)
    assert entry.prompt_sha256 == hashlib.sha256(b"one two three").hexdigest()


def test_a_streamed_completion(server: Stub) -> None:
    server.clear_log()
    response = stream_one(f"{server.url}/completions", completion_body(20))
    assert len(response.texts) == 20
    assert response.done
    assert [event["choices"][0]["finish_reason"] for event in response.events[:-1]] == [None] * 19 + [
        "length"
    ]
    assert response.events[-1]["choices"] == []
    assert response.usage["completion_tokens"] == 20
    assert response.usage["prompt_tokens_details"] == {"cached_tokens": 0}


def test_usage_is_sent_only_on_request(server: Stub) -> None:
    response = stream_one(f"{server.url}/completions", completion_body(3, stream_options=None))
    assert response.done
    assert not any("usage" in event for event in response.events)


def test_a_chat_completion_whole_and_streamed(http: httpx.Client, server: Stub) -> None:
    choice = http.post("/v1/chat/completions", json=CHAT).json()["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": ANSWERS[0]["answer"]}
    assert choice["finish_reason"] == "stop"
    response = stream_one(f"{server.url}/chat/completions", CHAT | {"stream": True})
    assert response.events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert response.texts == ["Let", " me", " think.", " It", " is", " \\boxed{4}"]


def test_the_last_token_has_the_rest_of_a_longer_answer(stub: StartStub) -> None:
    short = stub(ttft=0, itl=0, tokens=3, answers=ANSWERS)
    response = stream_one(f"{short.url}/chat/completions", CHAT | {"stream": True})
    assert response.texts == ["Let", " me", " think. It is \\boxed{4}"]


def test_max_tokens_cuts_the_answer(http: httpx.Client) -> None:
    choice = http.post("/v1/chat/completions", json=CHAT | {"max_completion_tokens": 2}).json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("Let me", "length")


def test_default_length_and_min_tokens(http: httpx.Client) -> None:
    def tokens(**fields: int) -> tuple[int, str]:
        body = {"model": "stub", "prompt": "x"} | fields
        response = http.post("/v1/completions", json=body).json()
        return response["usage"]["completion_tokens"], response["choices"][0]["finish_reason"]

    assert tokens() == (12, "stop")
    assert tokens(max_tokens=100) == (12, "stop")
    assert tokens(max_tokens=100, min_tokens=30) == (30, "stop")
    assert tokens(max_tokens=7) == (7, "length")


def test_a_prompt_of_token_ids_is_counted_by_them(http: httpx.Client, server: Stub) -> None:
    body = completion_body(2, [5, 6, 7, 8], stream=False)
    assert http.post("/v1/completions", json=body).status_code == 200
    assert server.log()[0].prompt_tokens == 4


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("completions", completion_body(2, model="other"), 404, "model"),
        ("completions", {"model": "stub"}, 400, "prompt"),
        ("completions", {"model": "stub", "prompt": "x", "max_tokens": 0}, 400, "max_tokens"),
        (
            "completions",
            {"model": "stub", "prompt": "x", "max_tokens": 2, "min_tokens": 3},
            400,
            "min_tokens",
        ),
        ("completions", {"model": "stub", "prompt": "x", "n": 2}, 400, "n"),
        ("chat/completions", {"model": "stub", "prompt": "x"}, 400, "messages"),
        ("chat/completions", ["x"], 400, "body"),
    ],
)
def test_refusals_have_openai_form(
    http: httpx.Client, server: Stub, path: str, body: Any, status: int, param: str
) -> None:
    response = http.post(f"/v1/{path}", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["param"]) == (status, status, param)
    assert [entry.status for entry in server.log()] == [status]


def test_a_body_that_is_not_json(http: httpx.Client) -> None:
    assert http.post("/v1/completions", content=b"{").status_code == 400


def test_the_key_is_required_under_v1_only(stub: StartStub) -> None:
    server = stub(api_key="sesame")
    assert "sesame" not in " ".join(psutil.Process(server.pid).cmdline())
    with httpx.Client(base_url=server.root, trust_env=False) as client:
        assert client.get("/v1/models").status_code == 401
        assert client.post("/v1/completions", json=completion_body(1)).status_code == 401
        assert client.get("/v1/models", headers={"Authorization": "Bearer sesame"}).status_code == 200
        assert client.get("/health").status_code == client.get("/metrics").status_code == 200


def test_prompts_are_counted_with_the_tokenizer_and_its_chat_template(
    stub: StartStub, tokenizer: Path
) -> None:
    server = stub(ttft=0, itl=0, tokenizer=tokenizer)
    stream_one(f"{server.url}/completions", completion_body(1, " ab cd" * 50))
    body = {"model": "stub", "max_tokens": 1, "messages": [{"role": "user", "content": " ab cd"}]}
    stream_one(f"{server.url}/chat/completions", body)
    assert [entry.prompt_tokens for entry in server.log()] == [100, 2 + 3]


def test_the_log_has_the_order_of_arrival_and_can_be_cleared(http: httpx.Client, server: Stub) -> None:
    for prompt in ("a", "b", "c"):
        http.post("/v1/completions", content=json.dumps(completion_body(1, prompt)))
    assert [entry.prompt for entry in server.log()] == ["a", "b", "c"]
    server.clear_log()
    assert server.log() == []
