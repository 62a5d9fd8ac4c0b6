"""The requests over the time of the run."""

from __future__ import annotations

from tasks.report.charts.request_chart import request_charts
from tasks.report.request_charts_input import RequestCounts
from tests.report.made_up import report, with_requests


def test_every_request_has_its_row() -> None:
    (chart,) = request_charts(with_requests(report()))
    assert [dict(row) for row in chart.rows] == [
        {"seconds": 1, "latency, s": 1.1, "TTFT, ms": 50, "load": "throughput 1", "outcome": "succeeded"},
        {"seconds": 2, "latency, s": None, "TTFT, ms": None, "load": "throughput 1", "outcome": "failed"},
    ]
    assert chart.note == ""
    assert chart.spec["params"] == [{"name": "time_from", "value": 0}, {"name": "time_to", "value": 2.02}]
    dot, failed, _ = chart.spec["layer"]
    assert dot["encoding"]["color"]["field"] == "TTFT, ms"
    assert failed["transform"] == [{"filter": "datum.outcome == 'failed'"}]


def test_what_was_thinned_out_is_said() -> None:
    measured = with_requests(report())
    assert measured.requests
    counts = RequestCounts(total=9000, slow=300, failed=1, step=4)
    thinned = measured.requests.model_copy(update={"counts": counts})
    (chart,) = request_charts(measured.model_copy(update={"requests": thinned}))
    assert chart.note == (
        "2 of 9000 requests are drawn: 300 with the highest TTFT, 1 that failed, and one in 4 of the others."
    )


def test_a_run_that_sent_nothing_has_no_chart() -> None:
    assert request_charts(report()) == []
