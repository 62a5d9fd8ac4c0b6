"""The conformance test of a running server, against the stub behind gateways and against odd answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from threading import Event, Lock
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from stub.process import Stub
from tasks.config.server import EndpointServer
from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.probe.capability import Capability
from tasks.probe.conformance import Conformance, check_conformance
from tasks.probe.spec_lines import spec_lines
from tasks.serve.endpoint import Endpoint
from tests.helpers.gateway import Manner, gateway_to
from tests.probe.talk import ENDPOINT, Answer, models, server

Start = Callable[..., Stub]
USAGE = {"prompt_tokens": 3, "completion_tokens": 2}
SECRET = "sk-not-for-the-screen"


def by_name(found: Conformance) -> dict[str, Capability]:
    """Its lines by their names."""
    return {capability.name: capability for capability in found.capabilities}


def endpoint_at(url: str, model: str = "") -> Endpoint:
    """An endpoint as the command line gives it."""
    base, _, query = url.partition("?")
    return Endpoint(url=base, query=query, model=model, tokenizer="none", api_key=SecretStr(SECRET))


def stream(*events: dict[str, Any]) -> httpx.Response:
    """A stream of events."""
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return httpx.Response(
        200, headers={"Content-Type": "text/event-stream"}, text="".join([*lines, "data: [DONE]\n\n"])
    )


def chunk(**delta: Any) -> dict[str, Any]:
    """An event with a choice."""
    return {"model": "tiny", "choices": [{"delta": delta}]}


def asked(chat: Answer | Callable[[httpx.Request], Answer]) -> Conformance:
    """The conformance of a server that answers chat requests so, and lacks the rest."""
    return check_conformance(ENDPOINT, transport=server(v1_models=models("tiny"), v1_chat_completions=chat))


def test_all_of_a_server_is_known_within_its_limit(stub: Start) -> None:
    running = stub(ttft=0.02, itl=0.01, tokens=20, prompt_tokens=9, api_key=SECRET)
    start = time.monotonic()
    found = check_conformance(endpoint_at(running.url))
    assert time.monotonic() - start < 30  # ten seconds, of which a busy machine may hold this process up
    lines = by_name(found)
    assert list(lines) == [
        "models",
        "chat",
        "completions",
        "usage",
        "reasoning",
        "length limit",
        "exact length",
        "logprobs",
        "connections",
        "metrics",
        "start time",
        "health",
    ]
    assert {capability.status for capability in found.capabilities} == {"ok"}
    assert (found.model, found.status) == ("stub", "ok")
    assert lines["chat"].text.startswith("streams: ")
    assert lines["usage"].text == "comes in streams, in a chunk of its own"
    assert lines["length limit"].text.startswith("max_tokens;")
    assert "known metrics" in lines["metrics"].text


def test_what_a_gateway_lacks_is_limited_and_has_a_remedy(stub: Start) -> None:
    running = stub(ttft=0.02, itl=0.01, tokens=20, prompt_tokens=9)
    manner = Manner(
        query="api-version=1",
        closes=True,
        hides=("/v1/models", "/v1/completions", "/health", "/metrics", "/version"),
        renames_max_tokens=True,
    )
    with gateway_to(running.root, manner) as gateway:
        found = check_conformance(endpoint_at(gateway.url, "stub"))
    lines = by_name(found)
    limited = {name for name, line in lines.items() if line.status == "limited"}
    assert limited == {"models", "completions", "connections", "metrics", "start time"}
    assert all(line.remedy for line in lines.values() if line.status != "ok")
    assert lines["length limit"].text.startswith("max_completion_tokens;")
    assert lines["health"].text == "none (404); not needed"
    assert found.status == "limited"


def test_the_spec_lines_are_a_spec(stub: Start) -> None:
    import yaml

    running = stub(ttft=0.01, itl=0.001, tokens=20, prompt_tokens=9)
    found = check_conformance(endpoint_at(running.url))
    given = EndpointServer(kind="endpoint", url=running.url, model="unknown", api_key_env="MY_KEY")
    spec = Spec.model_validate(yaml.safe_load("\n".join(spec_lines(given, found))))
    assert (spec.server.model, [sweep.endpoint for sweep in spec.sweeps]) == ("stub", ["chat", "completions"])
    assert isinstance(spec.server, EndpointServer)
    assert (spec.server.url, spec.server.api_key_env) == (running.url, "MY_KEY")
    assert {sweep.output_tokens for sweep in spec.sweeps} == {128}


@pytest.mark.parametrize(
    ("events", "form"),
    [
        ((chunk(content="a"), {"choices": [], "usage": USAGE}), "in a chunk of its own"),
        ((chunk(content="a"), chunk() | {"usage": USAGE}), "with the last choice"),
        ((chunk(content="a") | {"usage": USAGE}, chunk() | {"usage": USAGE}), "in every chunk"),
    ],
)
def test_where_usage_comes(events: tuple[dict[str, Any], ...], form: str) -> None:
    assert by_name(asked(stream(*events)))["usage"].text == f"comes in streams, {form}"


def test_the_field_of_reasoning_is_named() -> None:
    found = asked(stream(chunk(reasoning_content="hm"), chunk(content="4"), {"usage": USAGE}))
    assert by_name(found)["reasoning"].text == "reasoning_content"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (httpx.Response(200, json={"usage": USAGE, "choices": []}), "not as a stream"),
        (stream({"error": {"message": "broken"}}), "broken"),
        (httpx.Response(500, json={"error": "no GPU for the-key"}), "HTTP 500: no GPU for ***"),
        (httpx.Response(400, text="\xff"), "HTTP 400"),
        (httpx.ReadTimeout("slow"), "slow"),
    ],
)
def test_a_server_that_cannot_be_measured_is_broken(answer: Answer, text: str) -> None:
    found = asked(answer)
    assert found.status == "broken"
    assert text in by_name(found)["chat"].text
    given = EndpointServer(kind="endpoint", url=ENDPOINT.url, model="tiny")
    assert spec_lines(given, found) == []


def test_odd_events_are_no_traceback() -> None:
    odd: tuple[Any, ...] = (None, [], {"choices": [None]}, {"choices": "x"}, {"choices": [{"delta": 3}]})
    assert asked(stream(*odd, {"usage": 3})).status == "broken"


def test_another_model_name_in_answers_becomes_answers_as() -> None:
    found = asked(stream(chunk(content="a") | {"model": "tiny-q4"}, {"choices": [], "usage": USAGE}))
    assert "set server.answers_as to 'tiny-q4'" in by_name(found)["chat"].remedy
    given = EndpointServer(kind="endpoint", url=ENDPOINT.url, model="tiny")
    assert any("answers_as: tiny-q4" in line for line in spec_lines(given, found))


def test_a_server_that_is_not_there_is_broken() -> None:
    found = check_conformance(endpoint_at("http://127.0.0.1:9/v1"))
    assert found.status == "broken"
    assert "cannot be reached" in found.capabilities[0].text


def test_a_wrong_model_and_none_are_wrong_input() -> None:
    with pytest.raises(InputError, match="does not serve 'tiny'"):
        check_conformance(ENDPOINT, transport=server(v1_models=models("llama")))
    nameless = ENDPOINT.model_copy(update={"model": ""})
    with pytest.raises(InputError, match="lists no model"):
        check_conformance(nameless, transport=server())


def test_a_silent_server_costs_no_more_than_the_limit(stub: Start) -> None:
    running = stub(ttft=60, itl=1, prompt_tokens=9)
    start = time.monotonic()
    found = check_conformance(endpoint_at(running.url), limit_s=3)
    assert time.monotonic() - start < 40  # its first token would come after a minute
    assert found.status == "broken"


def test_a_stream_without_usage_is_measured_without_token_figures() -> None:
    found = asked(stream(chunk(content="a")))
    usage = by_name(found)["usage"]
    assert (by_name(found)["chat"].status, usage.status) == ("ok", "limited")
    assert usage.text.endswith("TTFT and latency are measured, TPOT and token throughput stay empty")
    given = EndpointServer(kind="endpoint", url=ENDPOINT.url, model="tiny")
    assert any("endpoint: chat" in line for line in spec_lines(given, found))


def answering(own: int, forced: int | httpx.Response) -> Callable[[httpx.Request], Answer]:
    """A server whose answers have `own` tokens, and `forced` with ignore_eos, at most `max_tokens`."""

    def answer(request: httpx.Request) -> Answer:
        body = json.loads(request.content)
        if body.get("stream"):
            return stream(chunk(content="a"), {"choices": [], "usage": USAGE})
        if "ignore_eos" in body and isinstance(forced, httpx.Response):
            return forced
        tokens = forced if "ignore_eos" in body else own
        return httpx.Response(200, json={"usage": {"completion_tokens": min(tokens, body["max_tokens"])}})

    return answer


@pytest.mark.parametrize(
    ("own", "forced", "status", "text"),
    [
        (3, 1000, "ok", "are kept"),
        (3, 3, "limited", "are ignored"),
        (32, 32, "limited", "are ignored"),
        (1000, 1000, "limited", "unknown: answers reach the requested length without"),
        (3, httpx.Response(422, json={"detail": "unexpected fields"}), "limited", "are refused"),
    ],
)
def test_what_becomes_of_an_exact_length(
    own: int, forced: int | httpx.Response, status: str, text: str
) -> None:
    found = asked(answering(own, forced))
    length = by_name(found)["exact length"]
    assert (length.status, text in length.text) == (status, True), length
    given = EndpointServer(kind="endpoint", url=ENDPOINT.url, model="tiny")
    sets_length = any("output_tokens" in line for line in spec_lines(given, found))
    assert sets_length == (status == "ok")


def test_a_server_that_breaks_off_one_request_for_another() -> None:
    """llama-cpp-python does, unless it is told not to."""
    running, other_arrived = Lock(), Event()

    def answer(request: httpx.Request) -> Answer:
        if not running.acquire(blocking=False):
            other_arrived.set()
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        try:
            other_arrived.wait(5)  # at once, after the first two requests, which are sent together
            return answering(3, 1000)(request)
        finally:
            running.release()

    transport = server(v1_models=models("tiny"), v1_chat_completions=answer, v1_completions=answer)
    lines = by_name(check_conformance(ENDPOINT, transport=transport))
    assert (lines["chat"].status, lines["completions"].status) == ("ok", "ok")
    assert lines["concurrency"].status == "limited"
    assert "are kept" in lines["exact length"].text
