"""Single requests for the charts, read from the table requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.measure.speed.request_row import RequestRow
from tasks.record.results import RecordedPoint
from tasks.record.store import Store
from tasks.record.write_run import record_point
from tasks.report.request_charts_input import Distribution
from tasks.report.request_samples import MOST_REQUESTS, read_distributions, read_request_sample
from tests.record import made_up
from tests.report.made_up import INVALID


def recorded(store: Store, rows: Sequence[RequestRow], repeat: int = 1) -> RecordedPoint:
    """A point whose requests are in the tables."""
    point = made_up.recorded(made_up.point(requests=len(rows), repeat=repeat))
    record_point(store, "run-1", point, rows)
    return point


def timed(index: int, latency_s: float) -> RequestRow:
    """A request with a latency, and a TTFT of a tenth of it."""
    return replace(made_up.request(index), latency_s=latency_s, ttft_s=latency_s / 10)


def latency(distributions: Sequence[Distribution]) -> Distribution:
    """The only distribution of the latency."""
    (found,) = [each for each in distributions if each.time == "latency"]
    return found


def test_the_repeats_of_a_load_are_taken_together(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = recorded(store, [timed(0, 1.0), timed(1, 3.0), made_up.request(2, error="HTTP 500")])
    second = recorded(store, [timed(0, 2.0), timed(1, 4.0), made_up.request(2, warmup=True)], repeat=2)
    found = latency(read_distributions(store, [first, second]))
    assert found.values == (1, 2, 3, 4)
    assert found.shares == (0.25, 0.5, 0.75, 1)
    assert found.box == (1, 1.75, 2.5, 3.25, 4, 4)
    assert found.percentiles == {"p50": 2.5}  # P90 needs ten requests
    assert (found.sweep, found.load_label, found.count) == ("throughput", "c4", 4)


def test_an_invalid_repeat_is_left_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = recorded(store, [timed(0, 1.0)])
    second = recorded(store, [timed(0, 9.0)], repeat=2).model_copy(update={"verdict": INVALID})
    assert latency(read_distributions(store, [first, second])).values == (1,)


def test_many_requests_are_thinned_by_rank(tmp_path: Path) -> None:
    store = Store(tmp_path)
    point = recorded(store, [timed(index, index + 1.0) for index in range(1191)])
    found = latency(read_distributions(store, [point]))
    assert found.values == tuple(float(value) for value in range(1, 1192, 10))
    assert found.shares[0] == 1 / 1191
    assert found.shares[-1] == 1
    assert found.box == pytest.approx((60.5, 298.5, 596, 893.5, 1131.5, 1191))
    assert found.percentiles == pytest.approx({"p50": 596, "p90": 1072, "p95": 1131.5, "p99": 1179.1})


def test_all_requests_of_a_small_run_are_shown(tmp_path: Path) -> None:
    store = Store(tmp_path)
    recorded(store, [timed(0, 1.0), made_up.request(1, error="HTTP 500"), made_up.request(2, warmup=True)])
    sample = read_request_sample(store, made_up.run())
    assert sample
    assert [(each.seconds, each.latency_s, each.succeeded) for each in sample.requests] == [
        (0, 1, True), (1, None, False),
    ]  # fmt: skip
    assert sample.counts.total == 2
    assert sample.counts.step == 1


def test_of_a_long_run_failed_and_slow_requests_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [timed(index, 1.0 + (index % 1000 == 7)) for index in range(10_000)]
    rows[5000] = made_up.request(5000, error="HTTP 500")
    recorded(store, rows)
    sample = read_request_sample(store, made_up.run())
    assert sample
    assert len(sample.requests) <= MOST_REQUESTS
    assert sum(each.latency_s == 2 for each in sample.requests) == 10
    assert sum(not each.succeeded for each in sample.requests) == 1
    assert sample.counts.model_dump() == {"total": 10_000, "slow": 300, "failed": 1, "step": 4}
    assert [each.seconds for each in sample.requests] == sorted(each.seconds for each in sample.requests)


def test_a_run_without_requests_has_none(tmp_path: Path) -> None:
    assert read_request_sample(Store(tmp_path), made_up.run()) is None
    assert read_distributions(Store(tmp_path), []) == ()
