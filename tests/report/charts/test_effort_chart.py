"""The effort curve, as data."""

from __future__ import annotations

from tasks.record.results import RecordedAccuracy
from tasks.report.charts.chart import Chart
from tasks.report.charts.effort_chart import effort_charts
from tests.record import made_up
from tests.report.made_up import report

LOW = {"question_set": "aime25", "combination": "low", "output_tokens_mean": 900.0, "failed": 0}
HIGH = LOW | {
    "combination": "high",
    "output_tokens_mean": 20_000.0,
    "value": 0.8,
    "ci_low": 0.7,
    "ci_high": 0.9,
}


def charts(*changes: dict[str, object]) -> list[Chart]:
    """The charts of a run with a score for each of `changes`."""
    scores = [made_up.score().model_copy(update=change) for change in changes]
    return effort_charts(
        report(accuracy=tuple(RecordedAccuracy(scores=(score,), run_id="run-1") for score in scores))
    )


def test_each_combination_is_a_mark_with_its_interval() -> None:
    (chart,) = charts(HIGH, LOW)
    assert chart.title == "Score of aime25 against tokens spent"
    assert [dict(row) for row in chart.rows] == [
        {
            "combination": "low", "tokens an answer": 900, "score": 0.5, "from": 0.2, "to": 0.8,
            "verdict": "valid",
        },
        {
            "combination": "high", "tokens an answer": 20_000, "score": 0.8, "from": 0.7, "to": 0.9,
            "verdict": "valid",
        },
    ]  # fmt: skip
    interval = chart.spec["layer"][1]["encoding"]
    assert (interval["y"]["field"], interval["y2"]["field"]) == ("from", "to")
    assert not chart.suspect


def test_a_set_has_a_curve_of_its_own_where_it_has_several_combinations() -> None:
    other = {"question_set": "gsm8k"}
    found = charts(LOW, HIGH, LOW | other, HIGH | other, LOW | {"question_set": "alone"})
    assert [chart.title.split()[2] for chart in found] == ["aime25", "gsm8k"]


def test_scores_under_load_and_without_tokens_are_left_out() -> None:
    assert charts(LOW, HIGH | {"under_load": 50}) == []
    assert charts(LOW, HIGH | {"output_tokens_mean": None}) == []
    assert effort_charts(report()) == []  # earlier versions did not record combinations


def test_an_incomplete_score_is_hollow() -> None:
    (chart,) = charts(LOW, HIGH | {"failed": 1})
    assert chart.suspect
    assert [row["verdict"] for row in chart.rows] == ["valid", "suspect"]
    assert chart.note == "○: incomplete, see Answers"
