"""The table of a sweep's repeats."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.report.tables.repeats_table import repeats_table
from tests.record import made_up
from tests.report.made_up import sweep_of


def test_repeats_have_their_mean_spread_and_interval_without_invalid_ones() -> None:
    repeats = []
    for number, rate in enumerate((1.0, 2.0, 3.0, 99.0), 1):
        result = made_up.point("twice", 4, 40, repeat=number).with_figures({"request_throughput": rate})
        verdict = Verdict(verdict="invalid" if rate == 99.0 else "valid")
        repeats.append(made_up.recorded(result, verdict=verdict))
    once = made_up.recorded(made_up.point("twice", 8))
    table = repeats_table(sweep_of(*repeats, once))
    assert table is not None
    assert table.rows[0] == ("4", "RPS (req/s)", "3", "2.00", "1.00", "0.00 – 4.48")
    assert [row[1] for row in table.rows[1:]] == ["Output (tok/s)", "TTFT mean (ms)", "TPOT mean (ms)"]
    assert repeats_table(sweep_of(once)) is None
