"""Conversations against the stub: the text of each turn, think times, lengths, and what ends one early."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from stub.process import Stub
from tasks.measure.jobs import PointJob
from tasks.measure.speed.prompts import unique_opening
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.send_load import measure_point
from tests.measure.conftest import KEY, MakeJob

pytestmark = pytest.mark.usefixtures("warm")
Stubs = Callable[..., Stub]
SEED = 7


def rows_of(job: PointJob) -> list[RequestRow]:
    """The rows of a point, in the order of sending."""
    rows = measure_point(job, lambda: None, lambda done, total: None).rows
    return sorted(rows, key=lambda row: row.index)


def digest(*texts: str) -> str:
    """The digest of a prompt as the stub logs it: the texts of all messages, a line each."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def conversations(
    make_job: MakeJob, url: str, requests: int, concurrency: int = 1, **fields: Any
) -> PointJob:
    """A point of conversations."""
    defaults = {"dataset": "conversations", "endpoint": "chat", "seed": SEED, "conversation": {}}
    return make_job(url, concurrency=concurrency, requests=requests, **defaults | fields)


@pytest.fixture
def recorded(tmp_path: Path) -> str:
    """A file with one conversation of three turns, whose answers are left out of what is sent."""
    said = [("system", "Be brief."), ("user", "ask one"), ("assistant", "RECORDED"), ("user", "ask two")]
    said += [("assistant", "RECORDED"), ("user", "ask three")]
    path = tmp_path / "conversations.jsonl"
    path.write_text(json.dumps({"messages": [{"role": role, "content": text} for role, text in said]}))
    return str(path)


def test_the_third_turn_holds_the_servers_own_answers_byte_by_byte(
    stub: Stubs, make_job: MakeJob, recorded: str
) -> None:
    answers = [{"contains": f"ask {word}", "answer": f"answer {word} é"} for word in ("one", "two", "three")]
    server = stub(ttft=0.01, itl=0.001, answers=answers, api_key=KEY)
    fields: dict[str, Any] = {"conversation": {"file": recorded}, "output_tokens": None, "input_tokens": 1024}
    rows = rows_of(conversations(make_job, server.url, 3, **fields))
    assert [(row.error, row.conversation, row.turn) for row in rows] == [
        (None, 0, turn) for turn in (1, 2, 3)
    ]
    first = [unique_opening(SEED, 0) + "Be brief.", "ask one"]
    second = [*first, "answer one é", "ask two"]
    third = [*second, "answer two é", "ask three"]
    log = server.log()
    assert [entry.prompt_sha256 for entry in log] == [digest(*texts) for texts in (first, second, third)]


def test_a_user_thinks_from_the_last_bytes_of_an_answer_on(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.05, itl=0.002, api_key=KEY)
    conversation = {"turns": 3, "think_time_s": 0.6}
    rows = rows_of(conversations(make_job, server.url, 6, output_tokens=8, conversation=conversation))
    log = sorted(server.log(), key=lambda entry: entry.arrived)
    gaps = [later.arrived - (earlier.last_byte or 0.0) for earlier, later in pairwise(log)]
    assert all(gap > 0.595 for number, gap in enumerate(gaps) if number != 2)
    assert sorted(gaps)[1] < 0.9  # of those after a thought the shortest: a busy machine may be late
    assert gaps[2] < 0.6  # the next conversation begins when the one before ends
    assert [row.think_s for row in rows] == [0.0, 0.6, 0.6, 0.0, 0.6, 0.6]


def test_generated_turns_have_their_lengths_and_the_history_is_counted(
    stub: Stubs, make_job: MakeJob, tokenizer: Any
) -> None:
    server = stub(ttft=0.01, itl=0.001, tokenizer=tokenizer, prefix_cache=True, api_key=KEY)
    fields: dict[str, Any] = {"input_tokens": 40, "output_tokens": 12, "conversation": {"turns": 3}}
    rows = rows_of(conversations(make_job, server.url, 6, **fields))
    assert [row.turn for row in rows] == [1, 2, 3, 1, 2, 3]
    assert {row.output_tokens for row in rows} == {12}
    for row in rows:
        assert row.input_tokens is not None
    for earlier, later in pairwise(rows):
        if later.turn == 1:
            assert later.history_tokens is None
            continue
        assert later.history_tokens == (earlier.input_tokens or 0) + 12
        assert later.planned_input_tokens == later.history_tokens + 40
        # the template's own tokens around each message come on top
        assert 0 <= (later.input_tokens or 0) - later.planned_input_tokens < 20
        assert (later.cached_tokens or 0) >= (earlier.input_tokens or 0) - 16


def test_an_agents_turns_are_tool_results(stub: Stubs, make_job: MakeJob, tokenizer: Any) -> None:
    server = stub(ttft=0.01, itl=0.001, tokenizer=tokenizer, api_key=KEY)
    fields: dict[str, Any] = {
        "input_tokens": 30,
        "output_tokens": 4,
        "conversation": {"turns": 2, "tool_result_tokens": 70},
    }
    first, second = rows_of(conversations(make_job, server.url, 2, **fields))
    assert (first.error, second.error) == (None, None)
    assert second.planned_input_tokens == (first.input_tokens or 0) + 4 + 70


def test_a_failed_turn_ends_its_conversation_and_no_row_is_lost(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.01, itl=0.001, api_key=KEY)
    server.faults([{"kind": "error500", "first": 1, "count": 1}])
    rows = rows_of(conversations(make_job, server.url, 6, output_tokens=4, conversation={"turns": 3}))
    assert [row.succeeded for row in rows] == [True, False, False, True, True, True]
    assert (rows[1].error or "").startswith("HTTP 500")
    assert rows[2].error == "not sent: turn 2 of its conversation failed"
    assert len(server.log()) == 5


def test_users_talk_at_the_same_time(stub: Stubs, make_job: MakeJob) -> None:
    server = stub(ttft=0.05, itl=0.005, api_key=KEY)
    conversation = {"turns": 2, "think_time_s": 0.5}
    job = conversations(make_job, server.url, 16, 4, output_tokens=10, conversation=conversation)
    rows = rows_of(job)
    assert all(row.succeeded for row in rows)
    assert {row.conversation for row in rows} == set(range(8))
    first_wave = [row for row in rows if row.conversation in range(4) and row.turn == 1]
    assert max(row.sent_at for row in first_wave) - min(row.sent_at for row in first_wave) < (
        rows[1].sent_at - rows[0].sent_at
    )
