"""The table of the scores."""

from __future__ import annotations

from tasks.record.results import RecordedAccuracy
from tasks.report.tables.score_table import score_table
from tests.record import made_up
from tests.report.made_up import cells, report


def test_scores_show_their_interval_and_what_failed() -> None:
    table = score_table(report())
    assert table is not None
    assert cells(table, "Subset") == ["AIME2025-I", "AIME2025-II", "OVERALL"]
    assert table.rows[2] == (
        "made-up-model", "aime25", "OVERALL", "mean_acc", "10 × 2", "0.500", "0.200 – 0.800", "1", "2",
        "measured",
    )  # fmt: skip
    assert table.footnotes == ("Num: questions × answers to each",)
    assert score_table(report(accuracy=())) is None


def test_a_set_without_subsets_is_one_row_under_its_own_name() -> None:
    whole = made_up.score("default").model_copy(update={"dataset": "aime-format-sample"})
    table = score_table(report(accuracy=(RecordedAccuracy(scores=(whole,), run_id="run-1"),)))
    assert table is not None
    assert cells(table, "Question set") == ["aime-format-sample"]
    assert "Subset" not in [column.name for column in table.columns]
