"""The command is killed while it asks questions, and run again: the stub counts no question twice."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from stub.process import Stub
from tasks.record.store import Store
from tests.faults.case import Case
from tests.faults.run_command import servegauge
from tests.helpers.wait import until
from tests.measure.accuracy.conftest import stub_answers, write_questions

PROBES = 2
"""Requests that reach the stub before the first question: those of the probe."""
RIGHT = set(range(12)) | set(range(15, 27))


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A folder and a home of its own; nothing is served here."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    return Case(tmp_path, tmp_path, tmp_path)


def write_spec(case: Case, stub: Stub, questions: int) -> str:
    """Write a spec that asks one question at a time. Returns its path."""
    write_questions(case.folder / "sums", questions)
    spec = {
        "name": "asked",
        # without metrics the endpoint tells no start time: only `--resume` says that it is the same server
        "server": {"kind": "endpoint", "url": stub.url, "model": stub.model, "tokenizer": "none"},
        "accuracy": [{"path": str(case.folder / "sums"), "batch_size": 1}],
        "track": {"swanlab": {"mode": "disabled"}},
    }
    path = case.folder / "asked.yaml"
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return str(path)


def arguments(case: Case, spec: str, *more: str) -> tuple[str, ...]:
    """The command's arguments."""
    return ("run", spec, "--results", str(case.results), *more)


def questions_in(stub: Stub) -> Sequence[str]:
    """The digests of all questions that reached the stub, in their order."""
    return [entry.prompt_sha256 for entry in stub.log() if "Number [" in entry.prompt]


def test_killed_at_sample_17_of_30_only_13_are_asked(case: Case, api: str, stub: Callable[..., Stub]) -> None:
    server = stub(ttft=0.001, itl=0.001, answers=stub_answers(30, RIGHT), no_metrics=True)
    spec = write_spec(case, server, 30)
    server.faults([{"kind": "hang", "first": PROBES + 17}])
    with servegauge(case, api, arguments=arguments(case, spec)) as run:
        assert until(lambda: len(questions_in(server)) == 18, 120), server.log()[: PROBES + 1]
        run.process.send_signal(signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
        assert run.all_ended()
    answered, unanswered = questions_in(server)[:17], questions_in(server)[17:]
    server.faults([])
    server.clear_log()
    with servegauge(case, api, arguments=arguments(case, spec, "--resume", "last")) as again:
        assert again.wait() == 0, again.stderr()
    asked = questions_in(server)
    assert len(asked) == 13
    assert asked[0] == unanswered[0]
    assert not set(asked) & set(answered)
    killed, resumed = Store(case.results).read("runs").sort("started_at").iter_rows(named=True)
    assert (killed["outcome"], resumed["outcome"]) == ("killed", "completed")
    samples = Store(case.results).read("samples")
    assert samples["asked_by"].to_list().count(killed["run_id"]) == 17
    assert Store(case.results).read("scores")["value"].to_list() == [0.8, 0.8, 0.8]


def test_repeats_raised_from_4_to_8_ask_the_new_four(case: Case, api: str, stub: Callable[..., Stub]) -> None:
    server = stub(ttft=0.001, itl=0.001, answers=stub_answers(1, {0}), no_metrics=True)
    spec = write_spec(case, server, 1)
    for repeats in (4, 8):
        server.clear_log()
        more = ("--set", f"accuracy.0.repeats={repeats}", *(("--resume", "last") if repeats == 8 else ()))
        with servegauge(case, api, arguments=arguments(case, spec, *more)) as run:
            assert run.wait() == 0, run.stderr()
        assert len(questions_in(server)) == 4
    scores = Store(case.results).read("scores").sort("repeats")
    assert scores["repeats"].to_list() == [4, 8]
