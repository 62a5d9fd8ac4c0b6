"""The registry of the tables."""

from __future__ import annotations

from tasks.report.tables.report_tables import all_tables
from tests.report.made_up import report


def test_tables_are_in_the_order_of_the_registry_sweep_by_sweep() -> None:
    assert [table.title for table in all_tables(report())] == [
        "Sweep throughput",
        "Sweep one-load",
        "Sweep one-load objectives",
        "Sweep one-load energy and cost",
        "Sweep twice",
        "Sweep twice repeats",
        "Sweep again",
        "Sweep broken",
        "Saturation",
        "Best configuration",
        "Accuracy",
    ]


def test_every_row_has_a_cell_for_every_column() -> None:
    for table in all_tables(report()):
        assert {len(row) for row in table.rows} == {len(table.columns)}
