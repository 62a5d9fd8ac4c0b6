"""Why a table is empty: nothing is recorded, none of this table, or none that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.record.compact import compact
from tasks.record.export import Choice
from tasks.record.no_rows import why_no_rows
from tasks.record.schemas import TableName
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.record import made_up


@pytest.mark.parametrize("choice", [Choice(), Choice(where=("run_id=run-1",))])
def test_nothing_is_recorded(tmp_path: Path, choice: Choice) -> None:
    assert why_no_rows(Store(tmp_path), "runs", choice) == f"no run is recorded in {tmp_path}"
    assert why_no_rows(Store(tmp_path), "requests", choice) == f"no run is recorded in {tmp_path}"


@pytest.mark.parametrize(
    ("table", "choice", "reason"),
    [
        ("requests", Choice(run="run-2"), "run run-2 recorded no requests"),
        ("requests", Choice(run="run-2", percentiles=("ttft_s",)), "run run-2 recorded no requests"),
        ("requests", Choice(run="run-1", where=("index=9",)), "the table requests in {} has no such row"),
        ("requests", Choice(where=("index=9",)), "the table requests in {} has no such row"),
        ("runs", Choice(where=("outcome=failed",)), "the table runs in {} has no such row"),
        ("telemetry", Choice(), "no run in {} recorded telemetry"),
        ("telemetry", Choice(run="run-1"), "run run-1 recorded no telemetry"),
    ],
)
@pytest.mark.parametrize("compacted", [False, True])
def test_rows_are_recorded_but_not_these(
    tmp_path: Path, table: TableName, choice: Choice, reason: str, compacted: bool
) -> None:
    store = Store(tmp_path)
    for run_id in ("run-1", "run-2"):
        record_run(store, made_up.run(run_id))
    record_point(store, "run-1", made_up.recorded(made_up.point(), "run-1"), [made_up.request()])
    if compacted:
        compact(store)
    assert why_no_rows(store, table, choice) == reason.format(tmp_path)
