"""A running stub answers in every manner, at its own times, and logs what it sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import httpx
import pytest

from stub.manners.manner import TOKENS, Heard, Manner
from stub.manners.manner_registry import MANNERS
from stub.manners.no_http import NO_HTTP
from stub.manners.served import NAMES, sent_tokens, stretched, timed_pieces
from stub.process import Stub, stub_server
from stub.request_log import LoggedRequest
from tests.helpers.wait import until

TTFT, ITL = 0.04, 0.02
CHAT = {"model": "stub", "stream": True, "messages": [{"role": "user", "content": "?"}]}
HEARD = [(manner, manner.outcome) for manner in MANNERS if isinstance(manner.outcome, Heard)]


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    """A stub for all tests of this module."""
    with stub_server(ttft=TTFT, itl=ITL) as stub:
        yield stub


@pytest.fixture(scope="module")
def answers(server: Stub) -> dict[str, tuple[int, str, bytes]]:
    """Status, content type and body of each manner, asked all at once."""

    async def ask(session: aiohttp.ClientSession, name: str) -> tuple[int, str, bytes]:
        url = f"{server.root}/manners/{name}/v1/chat/completions"
        async with session.post(url, json=CHAT) as response:
            return response.status, response.headers["Content-Type"], await response.read()

    async def ask_all() -> dict[str, tuple[int, str, bytes]]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            answered = await asyncio.gather(*(ask(session, manner.name) for manner in MANNERS))
        return dict(zip((manner.name for manner in MANNERS), answered, strict=True))

    return asyncio.run(ask_all())


@pytest.fixture(scope="module")
def log(server: Stub, answers: dict[str, tuple[int, str, bytes]]) -> dict[str, LoggedRequest]:
    """The log's entry of each manner."""
    return {entry.manner: entry for entry in server.log() if entry.manner in answers}


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name)
def test_the_bytes_are_those_of_the_unit_tests(
    answers: dict[str, tuple[int, str, bytes]], manner: Manner
) -> None:
    body = b"".join(data for _, data in manner.pieces)
    assert answers[manner.name] == (manner.status, manner.content_type, body)


@pytest.mark.parametrize(("manner", "heard"), HEARD, ids=lambda value: getattr(value, "name", ""))
def test_the_log_has_the_times_and_tokens(
    log: dict[str, LoggedRequest], manner: Manner, heard: Heard
) -> None:
    entry = log[manner.name]
    assert entry.status == manner.status
    assert entry.ttft == pytest.approx(stretched(heard.ttft, TTFT, ITL), abs=0.05 + entry.late_max)
    assert entry.latency == pytest.approx(stretched(heard.latency, TTFT, ITL), abs=0.05 + entry.late_max)
    assert entry.ttft >= stretched(heard.ttft, TTFT, ITL)
    assert entry.tokens == sent_tokens(manner)
    assert entry.first_byte is not None
    assert entry.last_byte is not None
    assert entry.first_byte <= entry.first_sent <= entry.last_sent <= entry.last_byte  # type: ignore[operator]


@pytest.mark.parametrize(("manner", "heard"), HEARD, ids=lambda value: getattr(value, "name", ""))
def test_the_script_begins_and_ends_output_where_it_is_heard(manner: Manner, heard: Heard) -> None:
    timed = [(after_s, tokens) for after_s, tokens, _ in timed_pieces(manner, 1.0, 1.0) if tokens]
    assert timed[0][0] == heard.ttft
    assert timed[-1] == (heard.latency, sent_tokens(manner))


def test_a_broken_answer_has_no_tokens(log: dict[str, LoggedRequest]) -> None:
    assert log["broken-off"].tokens == 0
    assert log["broken-off"].first_byte is not None


@pytest.mark.parametrize(
    ("time", "expected"), [(0.0, 0.0), (0.5, 0.02), (1.0, 0.04), (2.0, 0.06), (4.0, 0.10)]
)
def test_the_first_second_is_the_ttft_and_each_later_one_the_itl(time: float, expected: float) -> None:
    assert stretched(time, TTFT, ITL) == pytest.approx(expected)


@pytest.mark.parametrize("name", NO_HTTP)
def test_an_answer_that_is_no_http_closes_the_connection(server: Stub, name: str) -> None:
    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        body = b'{"messages": [{"role": "user", "content": "?"}]}'
        head = (
            f"POST /manners/{name}/v1/chat/completions HTTP/1.1\r\nHost: stub\r\nContent-Length: {len(body)}"
        )
        writer.write(f"{head}\r\n\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        return answer

    assert asyncio.run(asyncio.wait_for(ask(), 10)) == NO_HTTP[name]


def test_manners_of_the_options_take_turns() -> None:
    with stub_server(ttft=0, itl=0, manners=["bom", "status"]) as stub:
        statuses = [httpx.post(f"{stub.url}/chat/completions", json=CHAT).status_code for _ in range(4)]
        assert statuses == [200, 503, 200, 503]
        assert [entry.manner for entry in stub.log()] == ["bom", "status", "bom", "status"]
        assert until(lambda: stub.metric("vllm:request_success_total", finished_reason="abort") == 2)
        assert stub.metric("vllm:generation_tokens_total") == 2 * TOKENS


def test_an_unknown_manner_is_named(server: Stub) -> None:
    answer = httpx.post(f"{server.root}/manners/no-such/v1/chat/completions", json=CHAT)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "no manner is called 'no-such'"


def test_manners_of_another_model_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), stub_server(model="other", manners=["bom"]):
        pass
    assert "the manners answer as model 'stub'" in capfd.readouterr().err


def test_names_of_all_answers_differ() -> None:
    assert len(set(NAMES)) == len(MANNERS) + len(NO_HTTP)
