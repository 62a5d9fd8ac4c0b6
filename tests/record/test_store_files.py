"""A store in a bucket: written rows read back as from a folder, and only with the right key."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tasks.config.results_location import results_location
from tasks.errors import InputError, RecordError
from tasks.record import bucket
from tasks.record.read_run import recorded_accuracy, recorded_points, recorded_requests, recorded_run
from tasks.record.schemas import TABLES, TableName
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run
from tests.record import made_up
from tests.record.rows_of_tables import ROWS, request_rows
from tests.record.s3 import BUCKET, S3


@pytest.fixture
def store(s3_account: S3, request: pytest.FixtureRequest) -> Store:
    """A store in a prefix that only this test uses."""
    return Store(results_location(f"s3://{BUCKET}/{request.node.name}"))


@pytest.mark.parametrize("table", TABLES)
def test_a_row_reads_back_as_from_a_folder(store: Store, tmp_path: Path, table: TableName) -> None:
    folder_store = Store(tmp_path)
    for any_store in (store, folder_store):
        any_store.check_writable()
        any_store.write(table, "run-1", "stage", [ROWS[table]])
        assert any_store.read(table, "another").is_empty()
    assert store.read(table).equals(folder_store.read(table))
    assert store.read(table).height == 1


def test_many_files_are_one_table_and_the_same_name_is_replaced(store: Store) -> None:
    for number in range(12):
        store.write("requests", f"run-{number}", "a", request_rows(3, f"run-{number}"))
    store.write("requests", "run-1", "a", request_rows(5, "run-1"))
    assert store.read("requests").height == 38
    assert store.read("requests", "run-1").height == 5


def test_a_run_reads_back(store: Store) -> None:
    run, point = made_up.run(), made_up.recorded(made_up.point())
    record_run(store, run)
    record_point(store, run.run_id, point, [made_up.request(0)])
    record_accuracy(store, run.run_id, made_up.accuracy(), [made_up.sample()])
    assert recorded_run(store, run.run_id) == run
    assert [recorded.result for recorded in recorded_points(store, run)] == [point.result]
    assert len(recorded_requests(store, point)) == 1
    assert recorded_accuracy(store, run) == (made_up.accuracy(),)
    with pytest.raises(InputError, match=f"is recorded in s3://{BUCKET}"):
        recorded_run(store, "nosuch")


def test_a_large_file_is_complete(store: Store, s3_account: S3) -> None:
    store.write("requests", "run-1", "a", request_rows(60_000))
    assert store.read("requests").height == 60_000
    assert not [name for name in s3_account.objects() if "probe" in name]


def test_a_damaged_file_is_named(store: Store, s3_account: S3) -> None:
    store.write("requests", "run-1", "good", request_rows(3))
    path = store.path("requests", "run-1", "bad")
    bucket.put(PurePosixPath(path), b"PAR1 and nothing more")
    with pytest.raises(RecordError, match=r"run-1--bad\.parquet is damaged"):
        store.read("requests")


def test_a_wrong_key_is_wrong_input_in_one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-5f2a90c1")
    with pytest.raises(InputError, match=f"bucket s3://{BUCKET}/.* cannot be written") as caught:
        store.check_writable()
    assert "\n" not in caught.value.what
    assert "wrong-5f2a90c1" not in str(caught.value)
    with pytest.raises(RecordError, match="cannot be read"):
        store.read("runs")


def test_no_such_bucket_and_no_server_are_wrong_input(
    s3_account: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="s3://nosuch-bucket"):
        Store(results_location("s3://nosuch-bucket/x")).check_writable()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="cannot be written"):
        Store(results_location(f"s3://{BUCKET}/x")).check_writable()
