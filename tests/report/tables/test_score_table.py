"""The table of the scores."""

from __future__ import annotations

from tasks.report.tables.score_table import score_table
from tests.report.made_up import cells, report


def test_scores_show_their_interval_and_what_failed() -> None:
    table = score_table(report())
    assert table is not None
    assert cells(table, "Subset") == ["AIME2025-I", "AIME2025-II", "OVERALL"]
    assert table.rows[2] == (
        "made-up-model", "aime25", "mean_acc", "OVERALL", "10 × 2", "0.500", "0.200 – 0.800", "1", "2",
        "measured",
    )  # fmt: skip
    assert table.footnotes == ("Num: questions × answers to each",)
    assert score_table(report(accuracy=())) is None
