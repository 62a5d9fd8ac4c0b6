"""The row of a run: written at its start and at its end, however it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run import run_identity as run_module
from flows.run.run_identity import Run, new_run
from flows.run.run_record import record_outcome, write_record
from tasks.config.results_location import ResultsLocation
from tasks.config.spec_file import load_spec
from tasks.plan.subject import Hardware, Subject
from tasks.record.store import Store

SUBJECT = Subject(
    engine="endpoint",
    engine_version="1.0",
    environment_digest="",
    model="m",
    model_revision="",
    tokenizer="m",
    server_args="{}",
    server_env="{}",
    hardware=Hardware(cpu="", cpu_count=0, memory_bytes=0),
    client="servegauge==0.1.0",
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that has not started."""
    monkeypatch.setattr(run_module, "subject_of", lambda spec, run_id: SUBJECT)
    return new_run(load_spec("smoke"), ResultsLocation(folder=tmp_path))


def outcome_of(run: Run) -> str:
    """The recorded outcome."""
    (outcome,) = Store(run.results).read("runs", run.id)["outcome"].to_list()
    return str(outcome)


def end_with(run: Run, error: BaseException) -> None:
    """A run that warns once and is ended by an error."""
    with record_outcome(run) as warnings:
        assert outcome_of(run) == "running"
        warnings.add("serve", "restarted")
        raise error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(ValueError("a bug"), "failed"), (KeyboardInterrupt(), "stopped"), (SystemExit(143), "stopped")],
)
def test_the_end_is_recorded_with_its_warnings(run: Run, error: BaseException, outcome: str) -> None:
    with pytest.raises(type(error)):
        end_with(run, error)
    assert outcome_of(run) == outcome
    assert Store(run.results).read("runs", run.id)["warnings"].to_list() == [["restarted"]]


def test_a_recorded_end_is_kept_when_its_report_is_interrupted(run: Run) -> None:
    def report() -> None:
        with record_outcome(run):
            write_record(run, "completed")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report()
    assert outcome_of(run) == "completed"
