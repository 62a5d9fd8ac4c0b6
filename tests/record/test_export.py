"""Tables as text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.export import export_table
from tasks.record.schemas import SCHEMAS
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
    (row,) = json.loads(export_table(store, "runs", "json"))
    assert row["started_at"] == STARTED_AT
    assert row["gpu_names"] == ["Made-up GPU 1", "Made-up GPU 2"]


def test_csv_holds_iso_times_and_lists_as_json(store: Store) -> None:
    (row,) = csv.DictReader(io.StringIO(export_table(store, "runs", "csv")))
    assert list(row) == SCHEMAS["runs"].names
    assert row["started_at"] == STARTED_AT
    assert json.loads(row["gpu_names"]) == ["Made-up GPU 1", "Made-up GPU 2"]


def test_the_terminal_gets_every_column(store: Store) -> None:
    header, _, row = export_table(store, "runs", "table").splitlines()
    assert [cell.strip() for cell in header.strip("|").split("|")] == SCHEMAS["runs"].names
    assert "Made-up CPU" in row


def test_an_unknown_table_is_wrong_input_and_the_nearest_is_named(store: Store) -> None:
    with pytest.raises(InputError, match="no table is called 'point'") as caught:
        export_table(store, "point", "json")
    assert caught.value.remedy.startswith("did you mean points? there are: runs, points, ")
