"""The table of a sweep's energy and cost."""

from __future__ import annotations

from tasks.report.tables.energy_cost_table import energy_cost_table
from tests.report.made_up import cells, sweep


def test_energy_and_cost_have_a_table_where_they_are_known() -> None:
    table = energy_cost_table(sweep("one-load"))
    assert table is not None
    assert table.title == "Sweep one-load energy and cost"
    assert cells(table, "Power mean") == ["500"]
    assert cells(table, "Energy request") == ["75"]
    assert cells(table, "Cost output") == ["2.344"]
    assert energy_cost_table(sweep("throughput")) is None
