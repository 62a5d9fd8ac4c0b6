"""`servegauge bench`: it measures a server, prints the spec and the report, and saves the spec."""

from __future__ import annotations

import json
from pathlib import Path

from stub.process import Stub, stub_server
from tests.cli.answer import Call, refused

SMALL = ("--input", "16", "--output", "4", "--requests", "3")


def test_a_server_is_measured_without_a_spec(
    call: Call, server: Stub, tmp_path: Path, tokenizer: Path
) -> None:
    asked = ("bench", "--url", server.url, "--model", "m", "--tokenizer", str(tokenizer), *SMALL)
    done = call(*asked, "--concurrency", "1,2", "--rate", "20", "--save", "my.yaml")
    assert done.returncode == 0, done.stderr
    spec, _, report = done.stdout.partition("\nRun ")
    assert spec.startswith("name: my\nserver:\n")
    assert "Sweep concurrency" in report
    assert "Sweep rate" in report
    assert "servegauge run my.yaml measures the same" in report
    rows = json.loads(call("results", "points", "--format", "json").stdout)
    measured = [(row["sweep"], row["load_label"], row["requests"], row["succeeded"]) for row in rows]
    assert sorted(measured) == [
        ("concurrency", "c1", 3, 3),
        ("concurrency", "c2", 3, 3),
        ("rate", "rate20", 3, 3),
    ]
    again = call("run", "my.yaml")
    assert "Source: reused" in again.stdout or "reused" in again.stderr


def test_a_model_without_a_tokenizer_is_refused_once(call: Call, server: Stub) -> None:
    asked, earlier = ("bench", "--url", server.url, "--model", "m"), len(server.log())
    refused(call(*asked), 2, "wrong input: no tokenizer is found for 'm'", "set --tokenizer to its folder")
    missing = call(*asked, "--tokenizer", "./no-such-folder")
    refused(
        missing, 2, "--tokenizer: no folder /", "/no-such-folder", "give a folder or the name of a repository"
    )
    assert len(server.log()) == earlier


def test_wrong_input(call: Call, tmp_path: Path) -> None:
    server = ("bench", "--url", "http://127.0.0.1:9/v1", "--model", "m")
    refused(call(*server, "--concurrency", "many"), 2, "--concurrency many", "1,10,50")
    refused(call(*server, "--save", "my"), 2, "my is no name of a spec file", "my.yaml")
    refused(call(*server, "--concurrency", "1"), 1, "127.0.0.1:9", "correct --url")
    refused(
        call("bench", "--url", "127.0.0.1:9", "--model", "m"), 2, "--url: 127.0.0.1:9 does not", "http://127"
    )
    pasted = call(*server, "--api-key-env", "sk-123")
    refused(pasted, 2, "--api-key-env: what it is set to is no name of an environment variable")
    assert "sk-123" not in pasted.stdout + pasted.stderr
    refused(call(*server, "--input", "999999999"), 2, "--input is 999999999")
    with stub_server(model="m", api_key="sk-1") as locked:
        answer = call("bench", "--url", locked.url, "--model", "m")
    refused(answer, 1, "set --api-key-env to the name of the variable that holds the server's key")
    (tmp_path / "my.yaml").write_text("mine")
    refused(call(*server, "--save", "my.yaml"), 2, "my.yaml exists already")
