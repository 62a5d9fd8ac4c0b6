"""Rows of version 0.1.0, which lack the load's settings, its label and the run that measured a point."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.load import Load
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.record import older_rows, rows
from tests.record import made_up
from tests.record.rows_of_tables import ROWS

OLDER = {"measured_by": None, "load_label": None, "load_settings": None, "run_name": None}
CLOSED: rows.Row = {**ROWS["points"], **OLDER, "run_id": "run-1"}
OPEN: rows.Row = {**CLOSED, "concurrency": None, "rate": 2.0}


@pytest.mark.parametrize(
    ("row", "load", "label"),
    [
        (CLOSED, ClosedLoop(concurrency=4, requests=20), "c4"),
        (OPEN, OpenLoop(rate=2.0, requests=20), "rate2"),
    ],
)
def test_the_load_follows_from_its_level(row: rows.Row, load: Load, label: str) -> None:
    assert older_rows.load_of(row) == load
    assert older_rows.label_of(row) == load.label == label
    assert older_rows.run_name_of(row, "m") == f"m-throughput-{label}"


def test_recorded_columns_come_first() -> None:
    row = {**ROWS["points"], "load_label": "c7", "run_name": "recorded", "measured_by": "run-0"}
    assert older_rows.label_of(row) == "c7"
    assert older_rows.run_name_of(row, "m") == "recorded"
    assert older_rows.origin_of(row) == ("run-0", ())


def test_the_origin_of_a_reused_point_stands_among_its_reasons() -> None:
    reused = {**CLOSED, "reasons": ["reused: measured by run-0", "two waves"]}
    assert older_rows.origin_of(reused) == ("run-0", ("two waves",))
    assert older_rows.origin_of({**CLOSED, "reasons": ["two waves"]}) == ("run-1", ("two waves",))


def test_files_of_open_loops_were_named_by_the_level() -> None:
    rate = OpenLoop(rate=2.0, requests=20)
    assert older_rows.older_stage_name("rate2-rate2-n20-r1", rate) == "rate2-rate2.0-n20-r1"
    concurrency = ClosedLoop(concurrency=4, requests=20)
    assert older_rows.older_stage_name("chat-c4-n20-r1", concurrency) == "chat-c4-n20-r1"


def test_the_score_of_an_only_subset_was_recorded_twice() -> None:
    default, first, second, overall = map(made_up.score, ("default", "I", "II", "OVERALL"))
    assert older_rows.without_copy((default, overall)) == (default,)
    assert older_rows.without_copy((default,)) == (default,)
    assert older_rows.without_copy((first, second, overall)) == (first, second, overall)


def test_notes_were_recorded_as_reasons() -> None:
    checks = (made_up.check(), made_up.check("valid").model_copy(update={"sentence": "two waves"}))
    judged = Verdict(verdict="suspect", reasons=("late, made up", "two waves"), checks=checks)
    read = older_rows.with_notes(judged)
    assert (read.reasons, read.notes) == (("late, made up",), ("two waves",))
    valid = older_rows.with_notes(Verdict(verdict="valid", reasons=("two waves",)))
    assert (valid.reasons, valid.notes) == ((), ("two waves",))
    unknown = Verdict(verdict="suspect", reasons=("two waves",))
    assert older_rows.with_notes(unknown) == unknown
