"""The table of a mix by part."""

from __future__ import annotations

from tasks.report.part_figures import PartRequest, part_figures
from tasks.report.tables.parts_table import parts_table
from tests.report.made_up import cells, sweep

CHAT = PartRequest("chat", True, False, 10, 0.05, 0.01, 0.14)
LONG = PartRequest("long", True, False, 100, 0.5, 0.01, 1.49)
FAILED = PartRequest("long", False, False, None, None, None, None)


def test_a_sweep_without_mix_has_no_table() -> None:
    assert parts_table(sweep("throughput")) is None


def test_a_row_for_each_part_in_the_order_of_the_loads() -> None:
    measured = sweep("throughput")
    parts = [
        figures
        for point in reversed(measured.points)
        for figures in part_figures("throughput", point.result.load.label, [CHAT, CHAT, CHAT, LONG], 2.0)
    ]
    table = parts_table(measured.model_copy(update={"parts": tuple(parts)}))
    assert table is not None
    assert cells(table, "Load") == ["1", "1", "10", "10", "100", "100"]
    assert cells(table, "Verdict") == ["valid"] * 4 + ["suspect"] * 2
    assert cells(table, "Part") == ["chat", "long"] * 3
    assert cells(table, "Requests")[:2] == ["3", "1"]
    assert cells(table, "Share")[:2] == ["0.75", "0.25"]
    assert cells(table, "Output")[:2] == ["15.0", "50.0"]
    assert cells(table, "TTFT mean")[:2] == ["50.0", "500.0"]
    assert "Failed" not in [column.name for column in table.columns]


def test_failed_requests_have_a_column_where_there_are_any() -> None:
    figures = part_figures("throughput", "c1", [CHAT, CHAT, LONG, FAILED], 2.0)
    table = parts_table(sweep("throughput").model_copy(update={"parts": tuple(figures)}))
    assert table is not None
    assert cells(table, "Failed") == ["0", "1"]
