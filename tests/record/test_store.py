"""The store in a folder: written rows read back, with polars and with pyarrow, and files are complete."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from tasks.errors import InputError, RecordError
from tasks.record import rows
from tasks.record.schemas import SCHEMAS, TABLES, TableName
from tasks.record.store import Store
from tests.record import made_up
from tests.record.rows_of_tables import ROWS, request_rows


@pytest.mark.parametrize("table", TABLES)
def test_a_row_reads_back_with_polars_and_pyarrow(tmp_path: Path, table: TableName) -> None:
    store = Store(tmp_path)
    path = store.write(table, "run-1", "stage", [ROWS[table]])
    assert path == tmp_path / table / "run-1--stage.parquet"
    row = {name: list(value) if isinstance(value, tuple) else value for name, value in ROWS[table].items()}
    assert store.read(table).to_dicts() == [row]
    assert pl.read_parquet(str(path)).to_dicts() == [row]
    assert pq.read_table(path).to_pylist() == [row]
    assert pq.read_table(path).schema.equals(SCHEMAS[table])


def test_nothing_recorded_is_an_empty_table_with_its_columns(tmp_path: Path) -> None:
    frame = Store(tmp_path / "not-there").read("points")
    assert frame.is_empty()
    assert frame.columns == SCHEMAS["points"].names


def test_the_types_are_the_schemas_even_where_all_is_null(tmp_path: Path) -> None:
    store = Store(tmp_path)
    nulls = {**ROWS["points"], "concurrency": None, "ttft_p99_s": None, "reasons": ()}
    store.write("points", "run-1", "a", [nulls])
    assert store.read("points").schema == Store(tmp_path / "empty").read("points").schema


def test_the_same_name_is_replaced_and_another_is_added(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("requests", "run-1", "a", request_rows(3))
    store.write("requests", "run-1", "a", request_rows(5))
    store.write("requests", "run-2", "a", request_rows(2, "run-2"))
    assert store.read("requests").height == 7
    assert store.read("requests", "run-1").height == 5


def test_a_run_is_told_from_another_whose_id_begins_with_its_id(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("requests", "a", "x", request_rows(1, "a"))
    store.write("requests", "a--b", "x", request_rows(2, "a--b"))
    assert store.read("requests", "a").height == 1


def test_no_rows_write_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path).write("requests", "run-1", "a", []) is None
    assert list(tmp_path.iterdir()) == []


def test_a_name_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    path = Store(tmp_path).write("runs", "../../run", "a/b", [ROWS["runs"]])
    assert path is not None
    assert path.parent == tmp_path / "runs"


def test_a_row_with_a_wrong_column_is_refused(tmp_path: Path) -> None:
    incomplete = {name: value for name, value in ROWS["scores"].items() if name != "value"}
    with pytest.raises(ValueError, match="value"):
        Store(tmp_path).write("scores", "run-1", "a", [incomplete])
    with pytest.raises(ValueError, match="colour"):
        Store(tmp_path).write("scores", "run-1", "a", [{**ROWS["scores"], "colour": "red"}])


def test_runs_are_listed_newest_first(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day, run_id in ((2, "b"), (1, "a"), (3, "c")):
        run = made_up.run(run_id, made_up.START.replace(day=day))
        store.write("runs", run_id, "run", [rows.run_row(run)])
    assert store.run_ids() == ("c", "b", "a")


@pytest.mark.parametrize("damage", [b"", b"PAR1 and nothing more", None])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes | None) -> None:
    store = Store(tmp_path)
    store.write("requests", "run-1", "good", request_rows(50))
    damaged_file = tmp_path / "requests" / "run-1--bad.parquet"
    complete = (tmp_path / "requests" / "run-1--good.parquet").read_bytes()
    damaged_file.write_bytes(complete[: len(complete) // 2] if damage is None else damage)
    with pytest.raises(RecordError, match=r"run-1--bad\.parquet is damaged"):
        store.read("requests")


@pytest.mark.parametrize("alone", [True, False])
def test_a_foreign_file_is_named(tmp_path: Path, alone: bool) -> None:
    store = Store(tmp_path)
    if not alone:
        store.write("scores", "run-1", "a", [ROWS["scores"]])
    (tmp_path / "scores").mkdir(exist_ok=True)
    pl.DataFrame({"colour": ["red"]}).write_parquet(tmp_path / "scores" / "a-foreign.parquet")
    with pytest.raises(RecordError, match=r"a-foreign\.parquet does not have"):
        store.read("scores")


@pytest.mark.parametrize("column", ["colour", "run_id"])
def test_a_file_with_an_extra_column_or_another_type_is_named(tmp_path: Path, column: str) -> None:
    store = Store(tmp_path)
    path = store.write("scores", "run-1", "a", [ROWS["scores"]])
    assert path is not None
    copy = pl.read_parquet(str(path)).with_columns(pl.lit(7).alias(column))
    copy.write_parquet(tmp_path / "scores" / "b.parquet")
    with pytest.raises(RecordError, match=r"b\.parquet does not have"):
        store.read("scores")


def test_leftovers_of_a_killed_writer_are_not_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("requests", "run-1", "a", request_rows(3))
    (tmp_path / "requests" / ".run-1--b.0123.tmp").write_bytes(b"PAR1half")
    (tmp_path / "requests" / ".hidden.parquet").write_bytes(b"PAR1half")
    assert store.read("requests").height == 3


def test_a_results_path_that_is_a_file_is_wrong_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="file") as caught:
        Store(tmp_path / "file").check_writable()
    assert caught.value.exit_code == 2
    assert "--results" in caught.value.remedy


def test_a_writable_folder_is_created_and_left_empty(tmp_path: Path) -> None:
    Store(tmp_path / "a" / "b").check_writable()
    assert list((tmp_path / "a" / "b").iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tasks.errors import RecordError
from tasks.record.store import Store
from tests.record.rows_of_tables import request_rows
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
try:
    Store(Path(sys.argv[1])).write("requests", "run-1", "a", request_rows(5000))
except RecordError as error:
    print(error.what)
"""


def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    completed = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "run-1--a.parquet" in completed.stdout
    assert "MiB free" in completed.stdout
    assert list((tmp_path / "requests").iterdir()) == []


def _write_many(root: Path, writer: int) -> None:
    store = Store(root)
    for number in range(10):
        store.write("requests", "run-1", "shared", request_rows(10))
        store.write("requests", f"run-{writer}", f"own-{number}", request_rows(1, f"run-{writer}"))


def test_concurrent_writers_lose_nothing(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        writers = [pool.submit(_write_many, tmp_path, writer) for writer in (7, 8)]
        while not all(future.done() for future in writers):
            Store(tmp_path).read("requests")
        for future in writers:
            future.result()
    assert Store(tmp_path).read("requests").height == 30
    assert [path for path in (tmp_path / "requests").iterdir() if path.name.startswith(".")] == []


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from tasks.record.store import Store
from tests.record.rows_of_tables import request_rows
store, few, many = Store(Path(sys.argv[1])), request_rows(100), request_rows(20000)
store.write("requests", "run-1", "a", few)
print("ready", flush=True)
while True:
    store.write("requests", "run-1", "a", many)
    store.write("requests", "run-1", "a", few)
"""


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=0.7)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    assert Store(tmp_path).read("requests").height in (100, 20000)


def test_a_file_of_an_earlier_version_reads_with_nulls_for_what_it_lacks(tmp_path: Path) -> None:
    store = Store(tmp_path)
    new = store.write("requests", "run-1", "new", request_rows(2))
    assert new is not None
    old, new_file = Path(new.with_name("run-0--old.parquet")), Path(new)
    pl.read_parquet(new_file).drop("rate").with_columns(run_id=pl.lit("run-0")).write_parquet(old)
    assert store.read("requests", "run-0")["rate"].to_list() == [None, None]
    assert store.read("requests").height == 4
    pl.read_parquet(old).drop("sweep").write_parquet(old)
    new_file.write_bytes(b"damaged")
    with pytest.raises(RecordError, match=r"run-0--old\.parquet does not have"):
        store.read("requests")
