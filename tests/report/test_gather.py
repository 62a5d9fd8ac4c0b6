"""The report of a recorded run is the report it had when it ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_knee, record_point, record_run
from tasks.report.gather import report_input
from tasks.report.page.html import render_page
from tasks.report.tables.speed import all_tables
from tests.record import made_up
from tests.report.made_up import report


def test_a_report_is_made_from_the_tables_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    given = report(results_path=str(tmp_path))
    record_run(store, given.run)
    for point in given.points:
        errors = [made_up.request(n, point.result.first_error) for n in range(point.result.failed)]
        record_point(store, given.run.run_id, point, errors)
    for knee in given.knees:
        record_knee(store, given.run.run_id, knee)
    for accuracy in given.accuracy:
        record_accuracy(store, given.run.run_id, accuracy)

    found = report_input(store, given.run.run_id)
    assert all_tables(found) == all_tables(given)
    assert found.run == given.run
    assert "two waves, made up" in render_page(found)


def test_the_report_of_an_unknown_run_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        report_input(Store(tmp_path), "run-1")
