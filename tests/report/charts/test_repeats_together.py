"""The charts of a load with repeats: percentiles of all its requests, or means of percentiles that say so."""

from __future__ import annotations

import pytest

from tasks.record.results import RecordedPoint
from tasks.report.charts.chart import Chart
from tasks.report.charts.repeats_together import BOTH_NOTE, MEANS_NOTE, TOGETHER_NOTE
from tasks.report.charts.time_charts import time_charts
from tasks.report.page.chinese import in_chinese
from tasks.report.request_charts_input import Distribution
from tests.record import made_up
from tests.report.made_up import sweep_of

P50 = (0.0258, 0.3131, 0.0265)
"""TTFT of three repeats, of which one was slow, in seconds."""


def repeats(load: int = 4) -> list[RecordedPoint]:
    """Three repeats of a load, each with 20 requests."""
    points = []
    for number, seconds in enumerate(P50, start=1):
        point = made_up.point("s", load, repeat=number)
        points.append(made_up.recorded(point.with_figures({"ttft_mean_s": 0.1, "ttft_p50_s": seconds})))
    return points


def distributions(load: int = 4, count: int = 60) -> tuple[Distribution, ...]:
    """The latency and TTFT of so many requests of a load."""
    return tuple(
        Distribution(
            sweep="s",
            load_label=f"c{load}",
            time=time,
            count=count,
            values=(0.02, 0.9),
            shares=(0.5, 1.0),
            box=(0.02, 0.02, 0.029, 0.3, 0.9, 0.9),
            percentiles={"p50": 0.029, "p95": 0.7},
        )
        for time in ("latency", "ttft")
    )


def drawn(points: list[RecordedPoint], recorded: tuple[Distribution, ...]) -> tuple[Chart, Chart]:
    """The charts of the latency and the TTFT."""
    measured = sweep_of(*points).model_copy(update={"distributions": recorded})
    latency, ttft, *_ = time_charts(measured)
    return latency, ttft


def bars(chart: Chart) -> dict[str, str]:
    """The texts of the bars."""
    return {row["statistic"]: row["text"] for row in chart.rows}


def test_bars_show_the_percentiles_of_all_requests_of_the_repeats() -> None:
    latency, ttft = drawn(repeats(), distributions())
    assert bars(ttft) == {"mean": "100.0", "P50": "29.0", "P95": "700.0"}  # too few requests for the others
    assert (latency.note, ttft.note) == (TOGETHER_NOTE, "")


@pytest.mark.parametrize("recorded", [(), distributions(count=40)])
def test_where_requests_are_not_recorded_bars_show_means_and_say_so(
    recorded: tuple[Distribution, ...],
) -> None:
    latency, ttft = drawn(repeats(), recorded)
    assert bars(ttft)["P50"] == "121.8"
    assert latency.note == MEANS_NOTE


def test_one_measurement_shows_its_own_figures() -> None:
    latency, ttft = drawn(repeats()[:1], distributions(count=20))
    assert bars(ttft)["P50"] == "25.8"
    assert latency.note == ""


def test_curves_go_through_the_percentiles_of_all_requests_of_the_repeats() -> None:
    latency, ttft = drawn([*repeats(4), *repeats(8)], (*distributions(4), *distributions(8)))
    together = {(row["statistic"], row["concurrency"]): row["all repeats"] for row in ttft.rows}
    assert together[("P50", 4)] == together[("P50", 8)] == pytest.approx(29)
    assert together[("mean", 4)] == pytest.approx(100)
    dots = [row["TTFT, ms"] for row in ttft.rows if (row["statistic"], row["concurrency"]) == ("P50", 4)]
    assert dots == pytest.approx([25.8, 313.1, 26.5])
    shown = ttft.spec["layer"][0]["transform"][1]["aggregate"][0]
    assert shown == {"op": "mean", "field": "all repeats", "as": "TTFT, ms"}
    assert latency.note == TOGETHER_NOTE


def test_curves_say_which_percentiles_are_means() -> None:
    latency, ttft = drawn([*repeats(4), *repeats(8)], distributions(4))
    together = {(row["statistic"], row["concurrency"]): row["all repeats"] for row in ttft.rows}
    assert together[("P50", 4)] == pytest.approx(29)
    assert together[("P50", 8)] == pytest.approx(121.8)
    assert latency.note == BOTH_NOTE
    assert drawn([*repeats(4), *repeats(8)], ())[0].note == MEANS_NOTE


def test_curves_without_repeats_have_no_such_column() -> None:
    latency, _ = drawn([repeats(4)[0], repeats(8)[0]], ())
    assert "all repeats" not in latency.rows[0]
    assert latency.note == ""


def test_the_notes_are_translated() -> None:
    assert None not in map(in_chinese, (TOGETHER_NOTE, MEANS_NOTE, BOTH_NOTE))
