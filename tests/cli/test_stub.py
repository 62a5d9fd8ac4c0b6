"""The command `servegauge stub`, as a process."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from stub.manners.served import NAMES
from tests.helpers.command_line import environment, run, start
from tests.helpers.ports import free_port

LIMIT_S = 30


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the command until the block ends; yields the process and the lines that it prints at its start."""
    argv = ["stub", "--port", "0", *options]
    with start(argv, environment(folder), folder) as process:
        try:
            assert process.stdout
            yield process, [process.stdout.readline().strip() for _ in range(4)]
        finally:
            process.kill()


def address(lines: list[str]) -> str:
    """The stub's address in its first line."""
    return lines[0].split()[2].removesuffix(",")


def test_its_example_works_and_its_end_prints_what_it_served(tmp_path: Path) -> None:
    options = ("--ttft", "0.01", "--itl", "0.002", "--log", "log.jsonl")
    with serving(tmp_path, *options) as (process, lines):
        example = shlex.split(lines[2].removeprefix("try:"))
        url, body = example[2], json.loads(example[-1])
        assert url == f"{address(lines)}/chat/completions"
        answer = httpx.post(url, json=body)
        assert answer.text.endswith("data: [DONE]\n\n")
        truth = httpx.get(lines[3].split()[-1]).json()
        assert (truth["with_tokens"], truth["output_tokens"]) == (1, 8)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (0, "")
    assert "output tokens  8" in out
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    assert json.loads(line)["tokens"] == 8


def test_it_listens_on_loopback_alone_and_ends_on_sigterm(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, lines):
        assert address(lines).startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0


def test_options_reach_the_server(tmp_path: Path) -> None:
    options = ("--fault", "error500:every=2", "--manner", "bom", "--write-tokenizer", "tok", "--no-metrics")
    with serving(tmp_path, *options) as (_, lines):
        url, body = address(lines), {"messages": [{"role": "user", "content": "?"}], "stream": True}
        answers = [httpx.post(f"{url}/chat/completions", json=body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 500]
        assert answers[0].content.startswith(b"\xef\xbb\xbfdata: ")
        assert httpx.get(url.replace("/v1", "/metrics")).status_code == 404
        assert (tmp_path / "tok" / "tokenizer.json").is_file()


def test_it_lists_the_manners(tmp_path: Path) -> None:
    listed = run(["stub", "--list-manners"], environment(tmp_path), tmp_path)
    assert listed.returncode == 0
    words = listed.stdout.split()
    assert [name for name in NAMES if name not in words] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--manner", "no-such"], "no manner is called 'no-such'"),
        (["--manner", "bom", "--model", "m"], "the manners answer as model 'stub', not 'm'"),
        (["--fault", "no-such"], "unknown fault 'no-such'"),
        (["--fault", "drop:often"], "'often' is none of first=N, count=N, every=N"),
        (["--fault", "drop:every=0"], "every must be at least 1"),
        (["--tokenizer", "absent"], "absent has no tokenizer.json"),
        (["--answers", "absent.json"], "--answers absent.json"),
        (["--log", "absent/log.jsonl"], "absent/log.jsonl"),
        (["--tokenizer", "a", "--write-tokenizer", "b"], "name two tokenizers"),
    ],
)
def test_a_wrong_option_is_wrong_input(tmp_path: Path, options: list[str], said: str) -> None:
    refused = run(["stub", "--port", "0", *options], environment(tmp_path), tmp_path)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_wrong_input(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = str(taken.getsockname()[1])
        refused = run(["stub", "--port", port], environment(tmp_path), tmp_path)
    assert refused.returncode == 2
    assert "choose another --host or --port" in refused.stderr
