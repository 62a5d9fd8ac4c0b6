"""`servegauge run` is killed in each stage: no process is left, its own Prefect server included."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import psutil
import pytest
import yaml

from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.run_command import RunningCommand, servegauge
from tests.helpers.command_line import MARK
from tests.helpers.processes import command_lines, with_variable
from tests.helpers.wait import until

LIMIT_S = 30.0
"""Seconds from SIGKILL until nothing may be left."""
START_S = 180.0
PREFECT = "flows.run.own_prefect_server:guarded_app"


@dataclass
class FullCase:
    """A case whose run passes every stage: a sweep, a question set, SwanLab."""

    case: Case
    environment: dict[str, str] = field(default_factory=dict)
    slow_command: str = ""
    """A part of a command of the environment's interpreter that never ends."""

    def spec(self) -> str:
        """Write the spec. Returns its path."""
        if self.slow_command:
            self.case.python = self._slow_interpreter()
        path = Path(self.case.spec())
        spec = yaml.safe_load(path.read_text("utf-8"))
        questions = self.case.folder / "questions"
        questions.mkdir(exist_ok=True)
        rows = [{"problem": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(20)]
        (questions / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        generation = {"temperature": 1.0, "max_tokens": 16}
        spec["accuracy"] = [
            {"dataset": "aime25", "path": str(questions), "batch_size": 1, "generation": generation}
        ]
        spec["track"] = {"swanlab": {"mode": "offline"}}
        path.write_text(yaml.safe_dump(spec), encoding="utf-8")
        return str(path)

    def _slow_interpreter(self) -> Path:
        python = self.case.folder / "slow-python"
        sleep = f'touch "{self.case.folder}/slow"; exec sleep 600'
        script = f'case "$*" in *{self.slow_command}*) {sleep};; esac\nexec "{self.case.python}" "$@"\n'
        python.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        python.chmod(0o755)
        return python

    @contextmanager
    def run(self) -> Iterator[RunningCommand]:
        """Run the spec with a Prefect server of the command's own."""
        variables = {"PREFECT_HOME": str(self.case.folder / "prefect"), **self.environment}
        arguments = ("run", self.spec(), "--results", str(self.case.results))
        with servegauge(self.case, "", arguments=arguments, variables=variables) as command:
            yield command


def processes(run: RunningCommand, part: str) -> list[psutil.Process]:
    """The processes of a run whose command line contains `part`."""
    return [
        process for process in with_variable(MARK, run.mark) if part in " ".join(command_lines([process]))
    ]


def prefect_starts(full: FullCase, run: RunningCommand) -> bool:
    """Whether the run's Prefect server was started; it does not answer yet."""
    return bool(processes(run, PREFECT))


def interpreter_is_asked(full: FullCase, run: RunningCommand) -> bool:
    """Whether the environment's interpreter runs the command that never ends."""
    return (full.case.folder / "slow").exists()


def run_is_recorded(full: FullCase, run: RunningCommand) -> bool:
    """Whether the run is recorded as running, as it is before it plans."""
    return "running" in full.case.table("runs")["outcome"].to_list()


def server_starts(full: FullCase, run: RunningCommand) -> bool:
    """Whether the model server was started; it never answers."""
    return (full.case.state / "pids-1.json").exists()


def sweep_runs(full: FullCase, run: RunningCommand) -> bool:
    """Whether requests of the second point have arrived."""
    full.case.wait_for_requests(PROBE_REQUESTS + 3 + 3)
    return True


def questions_are_asked(full: FullCase, run: RunningCommand) -> bool:
    """Whether questions have arrived."""
    full.case.wait_for_requests(PROBE_REQUESTS + 3 + 12 + 2)
    return True


def swanlab_logs(full: FullCase, run: RunningCommand) -> bool:
    """Whether SwanLab has begun its file."""
    return bool(list(full.case.results.glob("swanlab/run-*/*.swanlab")))


def kill_while_swanlab_logs(full: FullCase, run: RunningCommand) -> None:
    """Kill the run while its SwanLab worker writes. The worker runs in slices, so it cannot end before."""
    assert until(lambda: processes(run, "swanlab_worker"), START_S, 0.01)
    (worker,) = processes(run, "swanlab_worker")
    assert until(lambda: list(full.case.results.glob("swanlab/.logging-*")), START_S, 0.001)
    worker.suspend()
    while not swanlab_logs(full, run):
        worker.resume()
        time.sleep(0.005)
        worker.suspend()
    run.process.kill()
    run.wait()


def report_is_made(full: FullCase, run: RunningCommand) -> bool:
    """Whether SwanLab has ended and the report is made."""
    return swanlab_logs(full, run) and not processes(run, "swanlab_worker")


@dataclass(frozen=True)
class Stage:
    """When to kill, and what makes the run stay in that stage."""

    reached: Callable[[FullCase, RunningCommand], bool]
    slow_command: str = ""
    hangs: bool = False
    outcomes: tuple[str, ...] = ("killed",)


STAGES = {
    "check": Stage(interpreter_is_asked, slow_command="importlib.metadata", outcomes=()),
    "Prefect's start": Stage(prefect_starts, outcomes=()),
    "plan": Stage(run_is_recorded),
    "provision": Stage(interpreter_is_asked, slow_command="runpy"),
    "server start": Stage(server_starts, hangs=True),
    "sweep": Stage(sweep_runs),
    "accuracy": Stage(questions_are_asked),
    "track": Stage(swanlab_logs, outcomes=("completed",)),
    "report": Stage(report_is_made, outcomes=("completed",)),
}


@pytest.mark.parametrize("name", STAGES)
def test_nothing_is_left_of_a_killed_run(name: str, case: Case) -> None:
    stage = STAGES[name]
    full = FullCase(case, slow_command=stage.slow_command)
    case.env = {"FAKE_BEHAVIOUR": "hang"} if stage.hangs else {}
    with full.run() as run:
        assert until(lambda: stage.reached(full, run) or run.process.poll() is not None, START_S, 0.01)
        assert run.process.poll() is None, run.stderr()
        assert processes(run, PREFECT)
        run.process.kill()
        killed_at = time.monotonic()
        assert run.process.wait() == -signal.SIGKILL
        ended = until(lambda: not with_variable(MARK, run.mark), LIMIT_S, 0.05)
        assert ended, command_lines(with_variable(MARK, run.mark))
        print(f"killed in {name}: nothing is left after {time.monotonic() - killed_at:.2f} s")
    assert tuple(case.table("runs")["outcome"].to_list()) == stage.outcomes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_of_a_run_that_is_ended(number: signal.Signals, case: Case) -> None:
    with FullCase(case).run() as run:
        case.wait_for_requests(PROBE_REQUESTS + 3 + 3)
        run.process.send_signal(number)
        run.wait()
        assert until(lambda: not with_variable(MARK, run.mark), LIMIT_S, 0.05)
        assert "Traceback" not in run.stderr()
    assert case.table("runs")["outcome"].to_list() == ["stopped"]


def test_a_prefect_server_that_was_named_is_left_alone(case: Case, api: str) -> None:
    case.load = ((1, 3),)
    with servegauge(case, api) as run:
        case.wait_for_requests(PROBE_REQUESTS)
        assert not processes(run, PREFECT)
        assert run.wait() == 0


def test_the_next_run_removes_an_incomplete_experiment_and_says_so_once(case: Case) -> None:
    case.load = ((1, 3),)
    full = FullCase(case)
    with full.run() as run:
        kill_while_swanlab_logs(full, run)
    (incomplete,) = case.results.glob("swanlab/run-*/*.swanlab")
    (killed,) = case.table("runs")["run_id"].to_list()
    with full.run() as again:
        assert again.wait() == 0
        assert f"{killed} was killed while SwanLab logged it" in again.stderr()
    assert case.table("points").filter(pl.col("run_id") != killed)["reused"].to_list() == [True]
    (experiment,) = case.results.glob("swanlab/run-*/*.swanlab")
    assert experiment.stat().st_size > 1000
    assert experiment.parent != incomplete.parent
    arguments = ("report", "last", "--results", str(case.results))
    with servegauge(case, "", arguments=arguments) as report:
        assert report.wait() == 0
        assert "SwanLab logged it" not in report.stderr()
