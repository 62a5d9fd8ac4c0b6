"""The table of the knees."""

from __future__ import annotations

from tasks.report.tables.knee_table import knee_table
from tests.report.made_up import report


def test_a_knee_is_beside_the_loads_next_to_it() -> None:
    table = knee_table(report())
    assert table is not None
    assert table.rows == (
        ("throughput", "concurrency", "19", "19 – 20", "success >= 1", "23"),
        ("one-load", "concurrency", "–", "– – 20", "success >= 1", "23"),
    )
    assert knee_table(report(knees=())) is None
