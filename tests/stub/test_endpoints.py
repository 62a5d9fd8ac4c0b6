"""Each endpoint answers as vLLM does, as far as a benchmark can tell."""

import hashlib
import json

import httpx
import psutil
import pytest

from tests.stub.client import fixed, hear
from tests.stub.process import stub_server

CHAT = {"model": "stub", "messages": [{"role": "user", "content": "What is two and two?"}]}
ANSWERS = [{"contains": "two and two", "answer": "Let me think. It is \\boxed{4}"}]


@pytest.fixture(scope="module")
def server():
    with stub_server(ttft=0.002, itl=0.0005, tokens=12, answers=ANSWERS) as stub:
        yield stub


@pytest.fixture
def http(server):
    server.clear_log()
    with httpx.Client(base_url=server.root, trust_env=False) as client:
        yield client


def test_health_version_and_models(http):
    assert http.get("/health").status_code == 200
    assert http.get("/version").json() == {"version": "0.0.0+stub"}
    assert [card["id"] for card in http.get("/v1/models").json()["data"]] == ["stub"]


def test_a_server_that_is_not_ready_and_has_no_metrics(stub):
    root = stub(start_delay=60, no_metrics=True).root
    assert httpx.get(f"{root}/health", trust_env=False).status_code == 503
    assert httpx.get(f"{root}/metrics", trust_env=False).status_code == 404


def test_completion_has_the_length_asked_for(http, server):
    answer = http.post("/v1/completions", json=fixed(20, stream=False)).json()
    assert len(answer["choices"][0]["text"].split()) == 20
    assert answer["choices"][0]["finish_reason"] == "length"
    counts = ("prompt_tokens", "completion_tokens", "total_tokens")
    assert [answer["usage"][name] for name in counts] == [3, 20, 23]
    (row,) = server.log()
    assert (row.path, row.status, row.tokens, row.prompt_tokens) == ("/v1/completions", 200, 20, 3)
    assert row.prompt_sha256 == hashlib.sha256(b"one two three").hexdigest()


def test_streamed_completion(server):
    server.clear_log()
    (heard,) = hear(f"{server.url}/completions", [fixed(20)])
    assert len(heard.texts) == 20
    assert heard.done
    assert [e["choices"][0]["finish_reason"] for e in heard.events[:-1]] == [None] * 19 + ["length"]
    assert heard.events[-1]["choices"] == []
    assert heard.usage["completion_tokens"] == 20
    assert heard.usage["prompt_tokens_details"] == {"cached_tokens": 0}


def test_no_usage_unless_asked(server):
    (heard,) = hear(f"{server.url}/completions", [fixed(3, stream_options=None)])
    assert heard.done
    assert not any("usage" in event for event in heard.events)


def test_chat_answers_the_question_whole_and_streamed(http, server):
    message = http.post("/v1/chat/completions", json=CHAT).json()["choices"][0]
    assert message["message"] == {"role": "assistant", "content": ANSWERS[0]["answer"]}
    assert message["finish_reason"] == "stop"
    (heard,) = hear(f"{server.url}/chat/completions", [CHAT | {"stream": True}])
    assert heard.events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert heard.texts == ["Let", " me", " think.", " It", " is", " \\boxed{4}"]


def test_an_answer_longer_than_the_tokens_ends_with_the_rest(stub):
    short = stub(ttft=0, itl=0, tokens=3, answers=ANSWERS)
    (heard,) = hear(f"{short.url}/chat/completions", [CHAT | {"stream": True}])
    assert heard.texts == ["Let", " me", " think. It is \\boxed{4}"]


def test_max_tokens_cuts_the_answer(http):
    choice = http.post("/v1/chat/completions", json=CHAT | {"max_completion_tokens": 2}).json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("Let me", "length")


def test_default_length_and_min_tokens(http):
    def tokens(**more):
        body = {"model": "stub", "prompt": "x"} | more
        answer = http.post("/v1/completions", json=body).json()
        return answer["usage"]["completion_tokens"], answer["choices"][0]["finish_reason"]

    assert tokens() == (12, "stop")
    assert tokens(max_tokens=100) == (12, "stop")
    assert tokens(max_tokens=100, min_tokens=30) == (30, "stop")
    assert tokens(max_tokens=7) == (7, "length")


def test_a_prompt_of_token_ids_is_counted_by_them(http, server):
    assert http.post("/v1/completions", json=fixed(2, [5, 6, 7, 8], stream=False)).status_code == 200
    assert server.log()[0].prompt_tokens == 4


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("completions", fixed(2, model="other"), 404, "model"),
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
def test_refusals_have_openai_form(http, server, path, body, status, param):
    answer = http.post(f"/v1/{path}", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, status, param)
    assert [row.status for row in server.log()] == [status]


def test_a_body_that_is_not_json(http):
    assert http.post("/v1/completions", content=b"{").status_code == 400


def test_the_key_is_wanted_under_v1_only(stub):
    server = stub(api_key="sesame")
    assert "sesame" not in " ".join(psutil.Process(server.pid).cmdline())
    with httpx.Client(base_url=server.root, trust_env=False) as client:
        assert client.get("/v1/models").status_code == 401
        assert client.post("/v1/completions", json=fixed(1)).status_code == 401
        assert client.get("/v1/models", headers={"Authorization": "Bearer sesame"}).status_code == 200
        assert client.get("/health").status_code == client.get("/metrics").status_code == 200


def test_prompts_are_counted_with_the_tokenizer_and_its_chat_template(stub, tokenizer):
    server = stub(ttft=0, itl=0, tokenizer=tokenizer)
    hear(f"{server.url}/completions", [fixed(1, " ab cd" * 50)])
    body = {"model": "stub", "max_tokens": 1, "messages": [{"role": "user", "content": " ab cd"}]}
    hear(f"{server.url}/chat/completions", [body])
    assert [row.prompt_tokens for row in server.log()] == [100, 2 + 3]


def test_the_log_keeps_the_order_of_arrival_and_can_be_cleared(http, server):
    for prompt in ("a", "b", "c"):
        http.post("/v1/completions", content=json.dumps(fixed(1, prompt)))
    assert [row.prompt for row in server.log()] == ["a", "b", "c"]
    server.clear_log()
    assert server.log() == []
