"""Tables of texts."""

from __future__ import annotations

from tasks.report.table import Column, Table, as_records


def test_records_have_units_in_their_names() -> None:
    columns = (Column(name="Load"), Column(name="RPS", unit="req/s", numeric=True))
    table = Table(title="made up", columns=columns, rows=(("4", "1.00"), ("8", "2.00")))
    assert as_records(table) == [{"Load": "4", "RPS (req/s)": "1.00"}, {"Load": "8", "RPS (req/s)": "2.00"}]
