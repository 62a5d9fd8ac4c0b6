"""The command's answers to wrong input and a wrong world: what, where, remedy, an exit code, no traceback."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.config.results_location import results_location
from tasks.record.run_lock import LOCK
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.command import environment, run
from tests.record import made_up
from tests.stub.process import Stub, stub_server

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run `servegauge …` in an empty folder with an empty home."""
    return lambda *arguments: run(list(arguments), environment(tmp_path), tmp_path)


@pytest.fixture(scope="module")
def server(tokenizer: Path) -> Iterator[Stub]:
    """One stub for all cases."""
    with stub_server(model="m", tokenizer=str(tokenizer)) as stub:
        yield stub


def refused(done: subprocess.CompletedProcess[str], code: int, *expected: str) -> None:
    """The exit code, the words, at most two lines, no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    for text in expected:
        assert text in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["smok"], ["no spec is called 'smok'", "did you mean smoke?"]),
        (["smoke", "--set", "sweeps.0.lod=1"], ["sweeps.0.lod is not a field", "did you mean load?"]),
        (["smoke", "--set", "sweeps.0.repeats=many"], ["sweeps.0.repeats is 'many'", "integer"]),
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
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(call("run", "smoke", "--set", f"server.port={port}"), 1, str(port), "server.port")


def test_an_endpoint_that_does_not_answer(call: Call) -> None:
    refused(
        call("run", "endpoint", "--set", "server.url=http://127.0.0.1:9/v1"), 1, "127.0.0.1:9", "server.url"
    )


def test_a_model_that_the_endpoint_does_not_serve(call: Call, server: Stub) -> None:
    arguments = ["--set", f"server.url={server.url}", "--set", "server.model=mm"]
    refused(call("run", "endpoint", *arguments), 2, "does not serve 'mm'", "set server.model to 'm'")


def test_a_table_or_run_that_does_not_exist(call: Call) -> None:
    refused(call("results", "point"), 2, "did you mean points?")
    refused(call("report", "nothing"), 2, "no run 'nothing'")


def test_a_run_that_is_worse_than_another_is_exit_code_1(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id, speed in (("before", 1.0), ("after", 0.9)):
        point = made_up.point()
        slower = point.model_copy(update={"request_throughput": point["request_throughput"] * speed})
        record_run(store, made_up.run(run_id))
        record_point(store, run_id, made_up.recorded(slower, run_id), [made_up.request()])
    done = call("compare", "before", "after")
    assert (done.returncode, "2.57 (-10.0 %)" in done.stdout) == (0, True), done.stdout
    assert call("compare", "before", "after", "--worse-than", "15").returncode == 0
    done = call("compare", "before", "after", "--worse-than", "5")
    assert done.returncode == 1
    assert "B: throughput 4: RPS (req/s): -10.0 %" in done.stderr
    assert "1 figure is worse than in A by more than 5 %" in done.stderr
    refused(call("compare", "before"), 2, "1 given")


def test_validate_prints_a_spec_that_validates(call: Call, tmp_path: Path) -> None:
    first = call("validate", "smoke", "--set", "sweeps.0.repeats=2")
    assert first.returncode == 0
    (tmp_path / "whole.yaml").write_text(first.stdout)
    second = call("validate", "whole.yaml")
    assert second.stdout == first.stdout


def test_results_of_an_empty_folder_are_an_empty_list(call: Call) -> None:
    done = call("results", "points", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_run_whose_process_is_gone_does_not_stand_as_running(call: Call, tmp_path: Path) -> None:
    place = results_location(tmp_path / "results")
    record_run(Store(place), made_up.run().model_copy(update={"outcome": "running", "finished_at": None}))
    lock = place.folder / "files" / "run-1" / LOCK
    lock.parent.mkdir(parents=True)
    lock.touch()
    (row,) = json.loads(call("results", "runs", "--format", "json", "--results", str(place)).stdout)
    assert row["outcome"] == "killed"
    assert row["finished_at"]
