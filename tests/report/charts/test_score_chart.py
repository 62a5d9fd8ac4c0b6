"""The chart of the scores."""

from __future__ import annotations

from tasks.report.charts.score_chart import score_charts
from tests.report.made_up import report


def test_every_score_has_its_row_and_its_interval() -> None:
    (chart,) = score_charts(report())
    assert [(row["question set"], row["score"], row["to"]) for row in chart.rows] == [
        ("aime25 AIME2025-I", 0.4, 0.7), ("aime25 AIME2025-II", 0.6, 0.6 + 0.3), ("aime25 OVERALL", 0.5, 0.8),
    ]  # fmt: skip
    interval, value, _ = chart.spec["layer"]
    assert (interval["encoding"]["x"]["field"], interval["encoding"]["x2"]["field"]) == ("from", "to")
    assert value["encoding"]["x"]["scale"]["domain"] == [0, 1]
    assert value["encoding"]["x"]["axis"]["title"] == "score, with its 95 % interval"


def test_without_scores_there_is_no_chart() -> None:
    assert score_charts(report(accuracy=())) == []
