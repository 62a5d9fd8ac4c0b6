"""The stub's own figures, and the file of its log."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from stub.log_file import LogFile
from stub.process import stub_server
from stub.request_log import LoggedRequest
from stub.summary import Summary, summary_of, summary_text
from tests.helpers.wait import until
from tests.stub.streaming_client import completion_body, stream_all, stream_one

ENTRY = LoggedRequest(
    id=0, path="/v1/completions", peer="127.0.0.1:1", arrived=10.0, arrived_epoch=1e9, status=200
)
ANSWERED = replace(ENTRY, first_sent=10.5, last_sent=11.5, tokens=11, first_byte=10.4, last_byte=11.6)


def test_figures_by_hand() -> None:
    later = replace(ANSWERED, id=1, arrived=12.0, first_sent=12.1, last_sent=14.1, tokens=11)
    one_token = replace(ANSWERED, id=2, arrived=13.0, first_sent=13.9, last_sent=13.9, tokens=1)
    summary = summary_of([ANSWERED, later, one_token, ENTRY])
    assert (summary.requests, summary.with_tokens, summary.output_tokens) == (4, 3, 23)
    assert summary.ttft_mean_s == pytest.approx(0.5)
    assert summary.ttft_p99_s == pytest.approx(0.9)
    assert summary.tpot_mean_s == pytest.approx(0.15)
    assert summary.latency_mean_s == pytest.approx((1.5 + 2.1 + 0.9) / 3)
    assert summary.span_s == pytest.approx(4.1)
    assert summary.output_tokens_per_s == pytest.approx(23 / 4.1)
    assert summary.requests_per_s == pytest.approx(3 / 4.1)


def test_without_tokens_there_are_no_figures() -> None:
    assert summary_of([]) == Summary(0, 0, 0)
    assert summary_text(summary_of([ENTRY])) == "1 requests, none with tokens"


def test_the_text_has_names_and_units() -> None:
    lines = [line.split(maxsplit=2) for line in summary_text(summary_of([ANSWERED])).splitlines()]
    assert ["TTFT", "mean", "500.00 ms"] in lines
    assert ["TPOT", "mean", "100.00 ms"] in lines
    assert ["latency", "mean", "1500.00 ms"] in lines


def test_the_summary_of_the_last_requests() -> None:
    with stub_server(ttft=0.001, itl=0.001) as stub:
        for tokens in (2, 3, 4):
            stream_one(f"{stub.url}/completions", completion_body(tokens))
        address = f"{stub.root}/stub/summary"
        assert httpx.get(address).json()["output_tokens"] == 9
        assert httpx.get(f"{address}?last=2").json()["output_tokens"] == 7
        assert httpx.get(f"{address}?last=0").json()["requests"] == 0
        refused = httpx.get(f"{address}?last=-1")
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "last")


def test_the_log_file_has_a_line_for_each_request(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"id": "of an earlier stub"}\n')
    faults = [{"kind": "error500", "first": 3}]
    with stub_server(ttft=0.02, itl=0.01, log=str(file), faults=faults) as stub:
        stream_all(f"{stub.url}/completions", [completion_body(5)] * 4)
        entries = stub.log()
        assert until(lambda: len(file.read_text().splitlines()) == 5)
    earlier, *lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert earlier["id"] == "of an earlier stub"
    by_id = {line["id"]: line for line in lines}
    for entry in entries[:3]:
        line = by_id[entry.id]
        assert (line["ttft_s"], line["tpot_s"]) == (entry.ttft, entry.itl)
        assert line["latency_s"] == entry.latency
        assert (line["tokens"], line["prompt_tokens"], line["status"]) == (5, 3, 200)
        assert line["arrived"] < line["first_byte"] <= line["last_sent"] <= line["last_byte"]
        assert "prompt" not in line
    assert (by_id[3]["status"], by_id[3]["fault"], by_id[3]["ttft_s"]) == (500, "error500", None)


def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        LogFile(str(tmp_path / "absent" / "log.jsonl"))
