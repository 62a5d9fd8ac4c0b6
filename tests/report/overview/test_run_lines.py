"""A line for each run: its verdict, its loads, its fastest load and its scores."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.home import checkout
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run
from tasks.report.overview.run_lines import RunLine, run_lines
from tests.record import made_up

SUSPECT, INVALID = (Verdict(verdict=verdict, reasons=("made up",)) for verdict in ("suspect", "invalid"))


def recorded(store: Store, run_id: str, *points: RecordedPoint, hours: int = 0) -> RunLine:
    """The line of a run with these points."""
    record_run(store, made_up.run(run_id, made_up.START + timedelta(hours=hours)))
    for point in points:
        record_point(store, run_id, point.model_copy(update={"run_id": run_id}))
    return next(line for line in run_lines(store) if line.run_id == run_id)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty results folder."""
    return Store(tmp_path)


def test_a_run_is_described_by_its_manifest(store: Store) -> None:
    line = recorded(store, "run-1")
    assert (line.spec, line.model, line.engine, line.engine_version) == (
        "made-up",
        "made-up-model",
        "vllm",
        "0.0.0-made-up",
    )
    assert (line.hardware, line.outcome, line.source) == ("Made-up GPU 1, Made-up GPU 2", "completed", "")
    assert (line.started_at, line.verdict, line.fastest, line.scores) == (made_up.START, "", None, ())


def test_the_newest_run_comes_first(store: Store) -> None:
    for number, hours in enumerate((2, 3, 1)):
        recorded(store, f"run-{number}", hours=hours)
    assert [line.run_id for line in run_lines(store)] == ["run-1", "run-0", "run-2"]


def test_repeats_of_a_load_are_one_line_with_their_means(store: Store) -> None:
    first, second = (made_up.point(concurrency=4, repeat=repeat) for repeat in (1, 2))
    slower = second.with_figures({"output_token_throughput": first.known("output_token_throughput") / 2})
    other = made_up.point("chat", 1)
    points = (made_up.recorded(other), made_up.recorded(first), made_up.recorded(slower, verdict=SUSPECT))
    line = recorded(store, "run-1", *points)
    assert [(load.sweep, load.load, load.suspect) for load in line.loads] == [
        ("throughput", "c4", True),
        ("chat", "c1", False),
    ]
    mean = 0.75 * first.known("output_token_throughput")
    assert line.loads[0].figures["output_token_throughput"] == pytest.approx(mean)
    assert (line.verdict, line.verdicts) == ("suspect", {"valid": 2, "suspect": 1})


def test_the_fastest_load_is_a_valid_one_where_there_is_one(store: Store) -> None:
    slow, fast = made_up.point(concurrency=1), made_up.point(concurrency=100)
    doubtful = recorded(store, "run-1", made_up.recorded(fast, verdict=SUSPECT))
    both = recorded(store, "run-2", made_up.recorded(slow), made_up.recorded(fast, verdict=SUSPECT))
    assert doubtful.fastest is not None
    assert (doubtful.fastest.load, doubtful.fastest.suspect) == ("c100", True)
    assert both.fastest is not None
    assert (both.fastest.load, both.fastest.suspect) == ("c1", False)


def test_the_fastest_load_is_one_that_meets_its_objectives_where_there_is_one(store: Store) -> None:
    slow, fast = made_up.point(concurrency=1), made_up.point(concurrency=100)
    for number, met in enumerate((False, None)):  # broken, or not to be judged
        unmet = made_up.bounded(fast, 0.1).model_copy(update={"objectives_met": met})
        points = (
            made_up.bounded(slow, 100.0),
            made_up.bounded(fast, 100.0),
            unmet.model_copy(update={"repeat": 2}),
        )
        line = recorded(store, f"run-{number}", *map(made_up.recorded, points))
        assert line.fastest is not None
        assert (line.fastest.load, line.fastest.unmet) == ("c1", False)
        alone = recorded(store, f"alone-{number}", made_up.recorded(unmet))
        assert alone.fastest is not None
        assert (alone.fastest.load, alone.fastest.unmet) == ("c100", True)


def test_of_loads_that_are_printed_alike_the_lowest_is_the_fastest(store: Store) -> None:
    rates = {2: 90.01, 4: 90.04, 8: 80.0}
    points = [
        made_up.point(concurrency=load).with_figures({"output_token_throughput": rates[load]})
        for load in rates
    ]
    line = recorded(store, "run-1", *map(made_up.recorded, points))
    assert line.fastest is not None
    assert line.fastest.load == "c2"


def test_an_invalid_point_counts_and_shows_no_figure(store: Store) -> None:
    line = recorded(store, "run-1", made_up.recorded(made_up.point(), verdict=INVALID))
    assert (line.verdict, line.loads) == ("invalid", ())


def test_a_score_has_its_interval(store: Store) -> None:
    record_run(store, made_up.run("run-1"))
    record_accuracy(store, "run-1", made_up.accuracy())
    (line,) = run_lines(store)
    assert [(score.name, score.value) for score in line.scores] == [
        ("aime25 AIME2025-I", 0.4),
        ("aime25 AIME2025-II", 0.6),
        ("aime25 OVERALL", 0.5),
    ]
    assert (line.scores[2].low, line.scores[2].high) == (0.2, 0.8)


def test_results_of_version_0_1_0_have_lines() -> None:
    lines = run_lines(Store(checkout() / "tests" / "fixtures" / "results-0.1.0"))
    assert len(lines) == 3
    assert {"c4", "rate20", "rate12.5"} <= {load.load for line in lines for load in line.loads}
