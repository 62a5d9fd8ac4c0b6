"""A report read from the tables equals the one that the run showed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_knee, record_point, record_run
from tasks.report.page.html import render_page
from tasks.report.read_report import read_report
from tasks.report.tables.report_tables import all_tables
from tests.record import made_up
from tests.report.made_up import report


def test_a_report_is_made_from_the_tables_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    shown = report(results_path=str(tmp_path))
    record_run(store, shown.run)
    for point in shown.points:
        errors = [made_up.request(n, point.result.first_error) for n in range(point.result.failed)]
        record_point(store, shown.run.run_id, point, errors)
    for knee in shown.knees:
        record_knee(store, shown.run.run_id, knee)
    for accuracy in shown.accuracy:
        record_accuracy(store, shown.run.run_id, accuracy)

    read = read_report(store, shown.run.run_id)
    assert all_tables(read) == all_tables(shown)
    assert read.run == shown.run
    assert "two waves, made up" in render_page(read)


def test_the_report_of_an_unknown_run_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_report(Store(tmp_path), "run-1")
