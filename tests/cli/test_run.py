"""`servegauge run` with wrong input: what is wrong, where, and the remedy, before anything starts."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from stub.process import Stub
from tests.cli.answer import Call, refused


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["smok"], ["no spec is called 'smok'", "did you mean smoke?"]),
        (["smoke", "--set", "sweeps.0.lod=1"], ["sweeps.0.lod is not a field", "did you mean load?"]),
        (["smoke", "--set", "sweeps.0.repeats=many"], ["sweeps.0.repeats is 'many'", "whole number"]),
        (["smoke", "--set", "sweeps.0.load.0.requests=0"], ["requests is 0", "greater than or equal to 1"]),
        (["smoke", "--set", "sweeps.0.load=[]"], ["sweeps.0.load is empty"]),
        (["smoke", "--set", "environment=vllm-gpu"], ["vllm-gpu", "vllm-cpu"]),
        (["smoke", "--set", "accuracy.0.path=nowhere"], ["nowhere"]),
    ],
)
def test_wrong_input_is_exit_code_2(call: Call, arguments: list[str], expected: list[str]) -> None:
    refused(call("run", *arguments), 2, "wrong input:", *expected)


def test_a_results_path_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused(call("run", "smoke", "--results", "file/results"), 2, "file/results", "--results")
    assert (tmp_path / "file").read_text() == "in the way"


def test_questions_without_answers(call: Call, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "test.jsonl").write_text(json.dumps({"problem": "1+1?"}) + "\n")
    refused(call("run", "smoke", "--set", "accuracy.0.path=set"), 2, "test.jsonl", "line 1", "answer")


def test_a_port_in_use(call: Call) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        refused(call("run", "smoke", "--set", f"server.port={port}"), 1, str(port), "server.port")


def test_an_endpoint_that_does_not_answer(call: Call) -> None:
    refused(
        call("run", "endpoint", "--set", "server.url=http://127.0.0.1:9/v1"), 1, "127.0.0.1:9", "server.url"
    )


def test_a_model_that_the_endpoint_does_not_serve(call: Call, server: Stub) -> None:
    arguments = ["--set", f"server.url={server.url}", "--set", "server.model=mm"]
    refused(call("run", "endpoint", *arguments), 2, "does not serve 'mm'", "set server.model to 'm'")
