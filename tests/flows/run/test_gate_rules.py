"""Why a point misses its objectives, as the gate says it."""

from __future__ import annotations

from pathlib import Path

from flows.run.gate_rules import GatedRun, as_compared, gate_doubts, missed_by, missed_line
from flows.run.run_identity import Run
from flows.run.run_results import RunResults
from tasks.audit.verdict import Verdict
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tests.plan.test_cache_keys import SUBJECT
from tests.record import made_up
from tests.report.comparison.compared_runs import compared, with_knee


def test_a_point_that_keeps_its_objectives_or_has_none_passes() -> None:
    assert missed_by(made_up.point()) is None
    assert missed_by(made_up.bounded(made_up.point(), 9.0)) is None


def test_a_missed_objective_and_one_that_cannot_be_judged_are_named() -> None:
    missed = missed_by(made_up.bounded(made_up.point(), 0.1))
    assert missed == "made-up-throughput-c4: misses its objectives (latency_p95_s <= 0.1)"
    small = missed_by(made_up.bounded(made_up.point(requests=5), 9.0))
    assert small == (
        "made-up-throughput-c4: its objectives cannot be judged (latency_p95_s <= 9): 5 requests succeeded"
    )


def test_a_missed_objective_of_a_suspect_point_says_that_it_is_suspect() -> None:
    missed = made_up.bounded(made_up.point(), 0.1)
    suspect = made_up.recorded(missed, verdict=Verdict(verdict="suspect"))
    line = missed_by(missed)
    assert missed_line(made_up.recorded(missed)) == line
    assert missed_line(suspect) == f"{line} (the point is suspect)"
    assert missed_line(made_up.recorded(made_up.point())) is None


def test_a_gate_names_what_it_did_not_compare_and_other_work() -> None:
    base = compared("a")
    assert gate_doubts(base, compared("b", speed=0.5)) == []
    assert gate_doubts(base, compared("b", tokens=80.0)) == [
        "throughput 4: 80.0 output tokens a request in B, 64.0 in A: not the same work "
        "(A: the baseline, B: this run)"
    ]
    nothing = base.model_copy(update={"report": base.report.model_copy(update={"points": ()})})
    assert gate_doubts(base, nothing) == [
        "in the baseline, not compared: throughput 4: not measured, or invalid"
    ]


def test_levels_that_a_search_passed_over_are_no_doubt(tmp_path: Path) -> None:
    knees = (made_up.knee().model_copy(update={"low": 24, "high": 28}),)
    new = made_up.recorded(made_up.point(concurrency=24))
    record, results = made_up.run(), results_location(tmp_path)
    spec = load_spec("smoke")
    run = Run(id="b", spec=spec, subject=SUBJECT, results=results, started_at=record.started_at)
    gated = GatedRun(run=run, record=record, results=RunResults(points=(new,), knees=knees))
    base = compared("a")
    searched = base.report.model_copy(update={"knees": knees, "accuracy": ()})
    assert gate_doubts(base.model_copy(update={"report": searched}), as_compared(gated)) == []


def test_a_knee_that_fell_is_a_doubt_and_another_question_is_named() -> None:
    base, new = with_knee(compared("a"), knee=20, low=19, high=20), compared("b")
    assert gate_doubts(base, with_knee(new, knee=16, low=15, high=16)) == [
        "throughput: knee (concurrency): 16 (15 – 16), was 20 (19 – 20): -20.0 % worse; "
        "a knee alone fails no gate"
    ]
    assert gate_doubts(base, with_knee(new, knee=19, low=18, high=19)) == []  # the brackets touch
    assert gate_doubts(base, with_knee(new, knee=24, low=23, high=24)) == []
    assert gate_doubts(base, with_knee(new, load="rate")) == [
        "throughput: load: rate in B, concurrency in A: the knees answer other questions and are not "
        "compared (A: the baseline, B: this run)"
    ]
