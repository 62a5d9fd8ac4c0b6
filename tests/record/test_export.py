"""Tables as text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.export import Choice, Exported, export_table, table_name
from tasks.record.schemas import SCHEMAS, TABLES
from tasks.record.short_columns import SHORT_COLUMNS
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up

STARTED_AT = "2001-02-03T04:05:06.789012Z"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one run."""
    record_run(Store(tmp_path), made_up.run())
    return Store(tmp_path)


def test_json_holds_iso_times_and_lists(store: Store) -> None:
    (row,) = json.loads(export_table(store, "runs", "json", Choice()).text)
    assert row["started_at"] == STARTED_AT
    assert row["gpu_names"] == ["Made-up GPU 1", "Made-up GPU 2"]


def test_csv_holds_iso_times_and_lists_as_json(store: Store) -> None:
    (row,) = csv.DictReader(io.StringIO(export_table(store, "runs", "csv", Choice()).text))
    assert list(row) == SCHEMAS["runs"].names
    assert row["started_at"] == STARTED_AT
    assert json.loads(row["gpu_names"]) == ["Made-up GPU 1", "Made-up GPU 2"]


def test_the_terminal_gets_few_columns_and_all_where_asked(store: Store) -> None:
    short = export_table(store, "runs", "table", Choice())
    assert header(short) == list(SHORT_COLUMNS["runs"])
    assert (short.rows, short.columns, short.all_columns) == (
        1,
        len(SHORT_COLUMNS["runs"]),
        len(SCHEMAS["runs"]),
    )
    every = export_table(store, "runs", "table", Choice(columns=("all",)))
    assert header(every) == SCHEMAS["runs"].names
    assert "Made-up CPU" in every.text


def test_a_table_of_one_run_does_not_repeat_its_id(store: Store) -> None:
    assert header(export_table(store, "points", "table", Choice(run="run-1"))) == list(
        SHORT_COLUMNS["points"][1:]
    )
    assert header(export_table(store, "runs", "table", Choice(run="run-1")))[0] == "run_id"


def test_the_default_columns_exist_in_every_table() -> None:
    assert tuple(SHORT_COLUMNS) == TABLES
    for table in TABLES:
        assert set(SHORT_COLUMNS[table]) <= set(SCHEMAS[table].names)


def test_rows_and_columns_are_chosen(store: Store) -> None:
    record_run(store, made_up.run("run-2"))
    chosen = Choice(run="run-2", columns=("outcome", "run_id", "outcome"))
    assert json.loads(export_table(store, "runs", "json", chosen).text) == [
        {"outcome": "completed", "run_id": "run-2"}
    ]
    none = export_table(store, "runs", "json", Choice(where=("run_id=run-1", "run_id=run-2")))
    assert (none.rows, json.loads(none.text)) == (0, [])


def test_an_unknown_table_is_wrong_input_and_the_nearest_is_named() -> None:
    assert table_name("points") == "points"
    with pytest.raises(InputError, match="no table is called 'point'") as caught:
        table_name("point")
    assert caught.value.remedy.startswith("did you mean points? there are: runs, points, ")


def test_an_unknown_column_is_wrong_input_and_the_nearest_is_named(store: Store) -> None:
    with pytest.raises(InputError, match="no column is called 'outcom'") as caught:
        export_table(store, "runs", "json", Choice(columns=("outcom",)))
    assert caught.value.remedy == "did you mean outcome?"


def header(exported: Exported) -> list[str]:
    """The column names in a terminal's table."""
    return [cell.strip() for cell in exported.text.splitlines()[0].strip("|").split("|")]
