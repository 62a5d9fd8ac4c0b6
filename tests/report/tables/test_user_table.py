"""The table of what one user and one GPU get."""

from __future__ import annotations

from tasks.report.tables.user_table import user_table
from tests.report.made_up import cells, sweep


def test_points_at_gpus_or_with_many_requests_have_a_table() -> None:
    plain = sweep("one-load")
    tables = []
    for more in ({}, {"output_throughput_per_gpu": 250.0}, {"ttft_p99_sure_s": 0.5}):
        figures = {"output_throughput_per_user": 40.0, **more}
        points = [
            point.model_copy(update={"result": point.result.with_figures(figures)}) for point in plain.points
        ]
        tables.append(user_table(plain.model_copy(update={"points": tuple(points)})))
    assert tables[0] is None
    assert tables[1] is not None
    assert cells(tables[1], "Output a user")[0] == "40.0"
    assert cells(tables[1], "Output a GPU")[0] == "250.0"
    assert tables[1].footnotes == ()
    assert tables[2] is not None
    assert cells(tables[2], "TTFT P99 at most")[0] == "500.0"
    assert tables[2].footnotes
