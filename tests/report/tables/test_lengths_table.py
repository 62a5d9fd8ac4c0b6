"""The table of a sweep's lengths."""

from __future__ import annotations

from tasks.report.tables.lengths_table import lengths_table
from tests.report.made_up import cells, sweep


def test_lengths_that_differ_have_a_table() -> None:
    plain = sweep("one-load")
    fixed = {"input_tokens_mean": 64.0, "input_tokens_max": 64.0}
    drawn = {"output_tokens_mean": 10.5, "output_tokens_p50": 10.0, "output_tokens_max": 20.0}
    tables = []
    for figures in (fixed, fixed | drawn):
        points = [
            point.model_copy(update={"result": point.result.with_figures(figures)}) for point in plain.points
        ]
        tables.append(lengths_table(plain.model_copy(update={"points": tuple(points)})))
    assert tables[0] is None
    table = tables[1]
    assert table is not None
    assert cells(table, "Tokens") == ["input", "output"] * len(plain.points)
    assert cells(table, "Mean")[:2] == ["64", "10.5"]
    assert cells(table, "P50")[:2] == ["–", "10"]
    assert cells(table, "Max")[:2] == ["64", "20"]
