"""Values come back from their rows, also from rows of an earlier version."""

from __future__ import annotations

from typing import ClassVar

from tasks.audit.verdict import Verdict
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.record import rows
from tasks.record.results import RecordedPoint
from tests.record import made_up
from tests.record.rows_of_tables import ROWS


def read_back(row: rows.Row) -> RecordedPoint:
    """The point in a row, whose run name is recorded."""
    return rows.point_of(row, model="unused")


def test_a_check_comes_back() -> None:
    assert rows.check_of(ROWS["checks"]) == made_up.check()


def test_a_run_comes_back() -> None:
    assert rows.run_of(ROWS["runs"]) == made_up.run()


def test_a_knee_comes_back() -> None:
    assert rows.knee_of(ROWS["knees"]) == made_up.knee()


def test_a_score_comes_back() -> None:
    assert rows.score_of(ROWS["scores"]) == made_up.score()


def test_a_request_comes_back_with_a_tuple_of_gaps() -> None:
    assert rows.request_of({**ROWS["requests"], "itl_s": [0.01, 0.02]}) == made_up.request()


def test_a_point_comes_back_with_its_verdict_and_without_its_first_error() -> None:
    point = made_up.recorded(made_up.point(failed=3), verdict=Verdict(verdict="invalid", reasons=("a", "b")))
    row = rows.point_row("run-1", point)
    assert row["reused"] is False
    result = point.result.model_copy(update={"first_error": None})
    assert read_back(row) == point.model_copy(update={"result": result})


def test_the_times_of_a_mix_come_back_by_part() -> None:
    times = {"chat": {"ttft_mean_s": 0.5, "ttft_p99_s": None}}
    point = made_up.recorded(made_up.point().model_copy(update={"part_times": times}))
    row = rows.point_row("run-1", point)
    assert row["part_times"] == '{"chat": {"ttft_mean_s": 0.5, "ttft_p99_s": null}}'
    assert read_back(row) == point


def test_a_reused_point_names_the_run_that_measured_it() -> None:
    point = made_up.recorded(made_up.point(), "run-0", Verdict(verdict="suspect", reasons=("two waves",)))
    row = rows.point_row("run-1", point)
    assert row["run_id"] == "run-1"
    assert row["reused"] is True
    assert (row["measured_by"], row["reasons"]) == ("run-0", ("two waves",))
    assert read_back(row) == point


def test_an_open_loop_comes_back_with_all_its_settings() -> None:
    load = OpenLoop(rate=2.0, requests=20, arrival="constant", duration_s=9.0)
    point = made_up.recorded(made_up.point().model_copy(update={"load": load}))
    row = rows.point_row("run-1", point)
    assert (row["load_label"], row["concurrency"], row["rate"]) == ("rate2", None, 2.0)
    assert read_back(row).result.load == load


def test_a_kind_of_load_needs_no_column_of_its_own() -> None:
    class Ramp(OpenLoop):
        """A kind of load that the tables do not know."""

        kind: ClassVar[str] = "ramp"

    columns = rows.load_columns(Ramp(rate=2.0, requests=20))
    assert columns == {"load_label": "rate2", "concurrency": None, "rate": None}


def test_nulls_of_columns_that_an_earlier_version_lacked_become_the_defaults() -> None:
    run = rows.run_of({**ROWS["runs"], "sweeps": None, "warnings": None, "tokenizer": None})
    assert (run.sweeps, run.warnings, run.manifest.tokenizer) == ((), (), None)
    assert rows.knee_of({**ROWS["knees"], "doubts": None}).doubts == ()
    point = rows.point_of({**ROWS["points"], "objectives": None, "run_name": None}, model="m")
    assert (point.result.objectives, point.result.run_name) == ((), "m-throughput-c4")


def test_a_null_is_a_value_where_the_field_has_no_default() -> None:
    assert rows.knee_of({**ROWS["knees"], "knee": None, "low": None}).knee is None
