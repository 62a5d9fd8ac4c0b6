"""A doubtful figure is marked in each text form of the tables."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tasks.audit.verdict import Verdict
from tasks.record.export import Choice, TextFormat, export_table
from tasks.record.schemas import TableName
from tasks.record.store import Store
from tasks.record.write_run import record_knee, record_point
from tests.record import made_up

SUSPECT = Verdict(verdict="suspect", reasons=("late, made up",), notes=("two waves, made up",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a suspect point and a suspect knee."""
    store = Store(tmp_path)
    record_point(store, "run-1", made_up.recorded(made_up.point(), verdict=SUSPECT))
    record_knee(store, "run-1", made_up.knee().model_copy(update={"doubts": SUSPECT.reasons}))
    return store


def text(store: Store, table: TableName, text_format: TextFormat) -> str:
    """What `servegauge results` prints without options."""
    return export_table(store, table, text_format, Choice()).text


def test_json_and_csv_hold_verdict_reasons_and_notes_apart(store: Store) -> None:
    (record,) = json.loads(text(store, "points", "json"))
    assert (record["verdict"], record["reasons"], record["notes"]) == (
        "suspect",
        ["late, made up"],
        ["two waves, made up"],
    )
    (row,) = csv.DictReader(io.StringIO(text(store, "points", "csv")))
    assert (row["verdict"], json.loads(row["reasons"])) == ("suspect", ["late, made up"])
    (knee,) = json.loads(text(store, "knees", "json"))
    assert knee["doubts"] == ["late, made up"]


def test_the_terminal_shows_the_doubt_beside_the_figure(store: Store) -> None:
    assert "suspect" in text(store, "points", "table")
    assert "late, made up" in text(store, "knees", "table")
