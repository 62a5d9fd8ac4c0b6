"""The distributions of the times of single requests."""

from __future__ import annotations

from tasks.report.charts.distribution_charts import distribution_charts
from tasks.report.measured_sweep import measured_sweeps
from tests.record import made_up
from tests.report.made_up import INVALID, SUSPECT, report, with_requests


def test_every_time_has_its_curve_and_its_boxes() -> None:
    loads = [made_up.point(concurrency=1), made_up.point(concurrency=8), made_up.point(concurrency=64)]
    verdicts = (None, SUSPECT, INVALID)
    points = [made_up.recorded(load, verdict=verdict) for load, verdict in zip(loads, verdicts, strict=True)]
    (sweep,) = measured_sweeps(with_requests(report(points=tuple(points))))
    charts = distribution_charts(sweep)
    assert [chart.title for chart in charts] == [
        "Latency, s: cumulative", "TTFT, ms: cumulative", "TPOT, ms: cumulative",
        "Latency, s: spread", "TTFT, ms: spread", "TPOT, ms: spread",
    ]  # fmt: skip
    ttft = charts[1]
    assert [tuple(row.values()) for row in ttft.rows] == [
        *(("1", "valid", 1000 * share * 0.4, share) for share in (0.25, 0.5, 0.75, 1)),
        *(("8", "suspect", 1000 * share * 0.4, share) for share in (0.25, 0.5, 0.75, 1)),
    ]  # fmt: skip
    assert ttft.spec["layer"][0]["encoding"]["color"]["scale"] == {
        "domain": ["1", "8"],
        "range": ["#2a9d8f", "#d9485f"],
    }
    assert dict(charts[3].rows[0]) == {
        "load": "1", "verdict": "valid", "low": 0.1, "P25": 0.175, "P50": 0.25, "P75": 0.325, "high": 0.4,
        "highest": 0.4, "requests": 4,
    }  # fmt: skip


def test_an_axis_over_a_wide_range_is_logarithmic() -> None:
    measured = with_requests(report(points=(made_up.recorded(made_up.point()),)))
    wide = [
        each.model_copy(update={"values": (0.1, 3.1), "shares": (0.5, 1.0)})
        for each in measured.distributions
    ]
    (sweep,) = measured_sweeps(measured.model_copy(update={"distributions": tuple(wide)}))
    axis = distribution_charts(sweep)[0].spec["layer"][0]["encoding"]["x"]
    assert axis["scale"] == {"type": "log", "nice": False}
    assert axis["axis"]["title"] == "Latency, s (log scale)"


def test_without_recorded_requests_there_is_no_chart() -> None:
    assert [distribution_charts(sweep) for sweep in measured_sweeps(report())] == [[]] * 5
