"""The charts of a comparison."""

from __future__ import annotations

import pytest

from tasks.report.charts.change_charts import score_change_charts, speed_change_charts
from tasks.report.charts.overlaid_charts import overlaid_charts
from tasks.report.comparison.compared_run import ComparedRun
from tests.record import made_up
from tests.report.comparison.compared_runs import compared
from tests.report.made_up import SUSPECT, report


def swept(run_id: str, *levels: int, suspect: bool = False) -> ComparedRun:
    """A run of a sweep over these levels."""
    verdict = SUSPECT if suspect else None
    points = [made_up.recorded(made_up.point(concurrency=level), run_id, verdict) for level in levels]
    return ComparedRun(report=report(run=made_up.run(run_id), points=tuple(points), accuracy=()))


def test_the_runs_are_overlaid_sweep_by_sweep() -> None:
    charts = overlaid_charts([swept("a", 1, 10), swept("b", 10, 100, suspect=True)])
    assert [chart.title for chart in charts] == [
        "throughput: output, tok/s, mean", "throughput: Latency, s, mean", "throughput: TTFT, ms, mean",
        "throughput: TPOT, ms, mean",
    ]  # fmt: skip
    throughput = charts[0]
    assert [(row["run"], row["concurrency"], row["verdict"]) for row in throughput.rows] == [
        ("A", 1, "valid"), ("A", 10, "valid"), ("B", 10, "suspect"), ("B", 100, "suspect"),
    ]  # fmt: skip
    assert throughput.rows[1]["output, tok/s"] == 320
    line = throughput.spec["layer"][0]
    assert line["encoding"]["color"]["scale"] == {
        "domain": ["A", "B"],
        "range": ["var(--main)", "var(--third)"],
    }
    assert line["transform"][1]["groupby"] == ["concurrency", "run"]
    assert throughput.suspect


def test_sweeps_of_one_load_are_not_overlaid() -> None:
    assert overlaid_charts([compared("a"), compared("b")]) == []


def test_every_change_of_speed_has_its_interval() -> None:
    charts = speed_change_charts([compared("a"), compared("b", speed=1.1)])
    rps = next(chart for chart in charts if chart.title == "RPS (req/s): change")
    (row,) = rps.rows
    assert (row["what"], row["run"], row["noise"], row["verdict"]) == ("throughput 4", "B", "no", "valid")
    assert row["change from A, %"] == pytest.approx(10)
    # Welch's interval of two means of three repeats each: 1.01, 1.02, 1.03, and the same times 1.1
    assert row["to"] - row["change from A, %"] == pytest.approx(2.34, abs=0.01)
    assert row["change from A, %"] - row["from"] == pytest.approx(row["to"] - row["change from A, %"])


def test_a_change_within_its_interval_is_noise_and_one_without_repeats_is_not_judged() -> None:
    noisy = speed_change_charts([compared("a"), compared("b", speed=1.001)])[0]
    assert noisy.rows[0]["noise"] == "yes"
    single = speed_change_charts([compared("a", repeats=1), compared("b", repeats=1)])[0]
    assert (single.rows[0]["noise"], single.rows[0]["from"]) == ("not known", None)


def test_a_change_from_a_suspect_figure_is_suspect() -> None:
    charts = speed_change_charts([swept("a", 1, suspect=True), swept("b", 1)])
    assert {row["verdict"] for chart in charts for row in chart.rows} == {"suspect"}
    assert all(chart.suspect for chart in charts)


def test_scores_change_in_points() -> None:
    (chart,) = score_change_charts([compared("a", right=5), compared("b", right=6)])
    assert chart.rows[0]["change from A, points"] == pytest.approx(10)
    assert score_change_charts([swept("a", 1), swept("b", 1)]) == []


def test_the_change_of_a_score_that_lacks_answers_is_suspect() -> None:
    (whole,) = score_change_charts([compared("a"), compared("b", right=6)])
    (lacking,) = score_change_charts([compared("a"), compared("b", right=6, failed=2)])
    assert {row["verdict"] for row in whole.rows} == {"valid"}
    assert {row["verdict"] for row in lacking.rows} == {"suspect"}
