"""Sends the load of a point while server, GPUs and machine are sampled, and computes its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading
from tasks.probe.sampler import Source, readings, sampling
from tasks.probe.server_metrics import ServerMetrics, read_metrics


@dataclass(frozen=True, slots=True)
class ObservedPoint:
    """A point and its telemetry. `before` and `after`: the server's counters before and after the load."""

    result: PointResult
    rows: tuple[RequestRow, ...]
    before: ServerMetrics | None
    after: ServerMetrics | None
    readings: tuple[Reading, ...]


def observe_point(
    job: PointJob,
    send_load: Callable[[], Measurement],
    sources: Sequence[Source],
    price_per_hour: float | None,
) -> ObservedPoint:
    """Call `send_load` while the sources are sampled, then compute the point's figures.

    Args:
        job: what is measured.
        send_load: sends the load and returns its rows; its errors are not caught.
        sources: the telemetry sources to sample during the load.
        price_per_hour: the server's price, in any currency.
    """
    before = read_metrics(job.endpoint)
    with sampling(*sources) as samples:
        measurement = send_load()
    after = read_metrics(job.endpoint)
    seen = (*readings(before), *samples.rows, *readings(after), *measurement.readings)
    result = point_result(job, measurement, seen, price_per_hour)
    return ObservedPoint(result, measurement.rows, before, after, seen)
