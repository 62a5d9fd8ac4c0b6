"""`servegauge compare`: the table, and the exit code of a regression."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.cli.answer import Call, refused
from tests.record import made_up


def test_a_run_that_is_worse_than_another_is_exit_code_1(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id, speed in (("before", 1.0), ("after", 0.9)):
        point = made_up.point()
        throughput = point["request_throughput"]
        assert throughput is not None
        figures = {**point.figures, "request_throughput": throughput * speed}
        slower = point.model_copy(update={"figures": figures})
        record_run(store, made_up.run(run_id))
        record_point(store, run_id, made_up.recorded(slower, run_id), [made_up.request()])
    done = call("compare", "before", "after")
    assert done.returncode == 0, done.stderr
    assert "2.57 (-10.0 %)" in done.stdout
    assert call("compare", "before", "after", "--worse-than", "15").returncode == 0
    done = call("compare", "before", "after", "--worse-than", "5")
    assert done.returncode == 1
    assert "B: throughput 4: RPS (req/s): -10.0 %" in done.stderr
    assert "1 figure is worse than in A by more than 5 %" in done.stderr
    refused(call("compare", "before"), 2, "2 to 26 runs, not 1")


def test_runs_by_words_and_by_parts_of_their_ids(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for hour, run_id in enumerate(["first", "second"]):
        started = made_up.START + timedelta(hours=hour)
        record_run(store, made_up.run(run_id).model_copy(update={"started_at": started}))
        record_point(store, run_id, made_up.recorded(made_up.point(), run_id), [made_up.request()])
    by_words = call("compare", "previous", "last")
    assert by_words.returncode == 0, by_words.stderr
    assert (
        by_words.stdout == call("compare", "fir", "ond").stdout == call("compare", "first", "second").stdout
    )
    refused(call("compare", "last", "third"), 2, "no run 'third'")


def test_a_baseline_is_named_and_compared_with(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id in ("run-1", "run-2"):
        record_run(store, made_up.run(run_id))
        record_point(store, run_id, made_up.recorded(made_up.point(), run_id), [made_up.request()])
    assert call("baseline", "list").stdout == "no baseline is set in results\n"
    assert call("baseline", "set", "release", "run-1").stdout == "release is run-1\n"
    assert call("baseline", "set", "release", "run-2").stdout == "release is run-2, and was run-1\n"
    assert call("baseline", "list").stdout == "release  run-2\n"
    assert call("compare", "release", "run-1").returncode == 0
    assert call("baseline", "remove", "release").stdout == "release no longer names run-2\n"
    refused(call("compare", "release", "run-1"), 2, "no run 'release' is recorded")
    refused(call("baseline", "set", "last", "run-1"), 2, "cannot be the name of a baseline")


def test_a_comparison_is_a_page_too(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id in ("before", "after"):
        record_run(store, made_up.run(run_id))
        record_point(store, run_id, made_up.recorded(made_up.point(), run_id), [made_up.request()])
    done = call("compare", "before", "after", "--page", str(tmp_path / "comparison.html"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("comparison.html\n")
    assert "Speed side by side" in (tmp_path / "comparison.html").read_text(encoding="utf-8")
    refused(
        call("compare", "before", "after", "--page", "/proc/none/x.html"), 2, "/proc/none/x.html cannot be"
    )
