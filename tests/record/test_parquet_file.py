"""One Parquet file: complete or absent, and its damage is named."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.record import parquet_file
from tests.record.rows_of_tables import ROWS


def table_of_scores() -> pa.Table:
    return parquet_file.rows_to_table("scores", [ROWS["scores"]])


def test_a_row_with_missing_or_unknown_columns_is_refused() -> None:
    row = {**ROWS["scores"], "colour": "red"}
    del row["value"]
    with pytest.raises(ValueError, match=r"\['colour', 'value'\]"):
        parquet_file.rows_to_table("scores", [row])


def test_rows_are_converted_without_pandas() -> None:
    code = """
import sys
from tasks.record import parquet_file
from tests.record.rows_of_tables import ROWS
parquet_file.rows_to_table("scores", [ROWS["scores"]])
assert "pandas" not in sys.modules
import pandas
"""
    subprocess.run((sys.executable, "-c", code), check=True, timeout=60)


def test_a_file_reads_back_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "scores" / "a.parquet"
    parquet_file.write_atomically(table_of_scores(), target)
    written = {
        name: list(value) if isinstance(value, tuple) else value for name, value in ROWS["scores"].items()
    }
    assert pq.read_table(target).to_pylist() == [written]
    assert pq.read_table(BytesIO(parquet_file.encode(table_of_scores()))).equals(table_of_scores())
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    target.mkdir()  # a rename onto a folder fails
    with pytest.raises(OSError, match=r"a\.parquet"):
        parquet_file.write_atomically(table_of_scores(), target)
    assert list(tmp_path.iterdir()) == [target]


def test_notes_are_the_metadata_of_a_file() -> None:
    noted = table_of_scores().replace_schema_metadata({"measured_by": "run-0"})
    assert parquet_file.read_notes(BytesIO(parquet_file.encode(noted))) == {"measured_by": "run-0"}
    assert parquet_file.read_notes(BytesIO(parquet_file.encode(table_of_scores()))) == {}


def test_a_leftover_that_cannot_be_removed_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    parquet_file.remove_leftover(tmp_path / "folder")
    parquet_file.remove_leftover(tmp_path / "missing")
    (tmp_path / "file").touch()
    parquet_file.remove_leftover(tmp_path / "file")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


def why_unreadable(content: pa.Table) -> str | None:
    return parquet_file.why_unreadable(BytesIO(parquet_file.encode(content)), "scores")


def test_only_a_column_that_was_added_later_may_be_missing() -> None:
    scores, refused = table_of_scores(), "does not have this table's columns"
    assert why_unreadable(scores) is None
    assert why_unreadable(scores.drop_columns(["measured_by"])) is None
    assert why_unreadable(scores.drop_columns(["value"])) == refused
    assert why_unreadable(scores.append_column("colour", pa.array(["red"]))) == refused
    wrong_type = scores.drop_columns(["value"]).append_column("value", pa.array(["a half"]))
    assert why_unreadable(wrong_type) == refused


def test_damage_is_named() -> None:
    reason = parquet_file.why_unreadable(BytesIO(b"PAR1 and nothing more"), "scores")
    assert reason is not None
    assert reason.startswith("is damaged: ")
