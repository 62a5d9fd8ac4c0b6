"""The table of a sweep's speculative decoding."""

from __future__ import annotations

from tasks.report.tables.speculation_table import speculation_table
from tests.report.made_up import cells, sweep


def test_points_that_drafted_have_a_table() -> None:
    plain = sweep("one-load")
    assert speculation_table(plain) is None
    points = []
    for point in plain.points:
        result = point.result.with_figures({"acceptance_rate": 0.75, "accepted_length": 2.5})
        points.append(point.model_copy(update={"result": result}))
    table = speculation_table(plain.model_copy(update={"points": tuple(points)}))
    assert table is not None
    assert table.title == "Sweep one-load speculative decoding"
    assert cells(table, "Acceptance") == ["0.75"] * len(points)
    assert cells(table, "Accepted length") == ["2.5"] * len(points)
    assert len(cells(table, "ITL mean")) == len(points)
