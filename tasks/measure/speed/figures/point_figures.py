"""Computes the result of a point from its rows; pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.cost import cost_per_million
from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.measure.speed.figures.objectives import are_met
from tasks.measure.speed.figures.part_times import part_times
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.measurement import Measurement
from tasks.probe.reading import Reading


def point_result(
    job: PointJob,
    measurement: Measurement,
    readings: Sequence[Reading] = (),
    price_per_hour: float | None = None,
) -> PointResult:
    """Return every figure of a point over its measured requests; failed ones count only as failed.

    Args:
        job: what was measured.
        measurement: what the load processes returned.
        readings: telemetry of server, GPUs, client and machine during the load.
        price_per_hour: the server's price, in any currency.

    Returns:
        The result. If no request succeeded, rates are 0 and the other figures None; no figure is NaN.
    """
    data = PointData(
        load=job.load,
        rows=measurement.rows,
        duration_s=measurement.duration_s,
        objectives=job.sweep.objectives,
        readings=readings,
        price_per_hour=price_per_hour,
        abandon_after_s={
            kind.name if job.sweep.mix else None: kind.abandon.after_s
            for kind in job.sweep.kinds
            if kind.abandon
        },
    )
    # No measured request at all means that a process died, not that no request was due.
    sent_until_deadline = job.load.duration_s is not None and data.measured
    requests = len(data.measured) if sent_until_deadline else job.load.requests
    succeeded, abandoned = len(data.succeeded), len(data.abandoned)
    result = PointResult(
        sweep=job.sweep.name,
        run_name=job.run_name,
        load=job.load,
        requests=requests,
        repeat=job.repeat,
        attempt=job.attempt,
        succeeded=succeeded,
        failed=requests - succeeded - abandoned,
        abandoned=abandoned,
        figures={figure.name: figure.compute(data) for figure in FIGURES},
        part_times=part_times(job.load, measurement.rows),
        objectives=tuple(data.objectives),
        first_error=measurement.error or next((row.error for row in data.measured if row.error), None),
    )
    return result.model_copy(update={"objectives_met": are_met(data.objectives, result)})


def with_price(result: PointResult, price_per_hour: float | None) -> PointResult:
    """Return a recorded point with the cost per million tokens at the current price."""
    output, total = result.known("output_token_throughput"), result.known("total_token_throughput")
    return result.with_figures(
        {
            "cost_per_million_output_tokens": cost_per_million(price_per_hour, output),
            "cost_per_million_tokens": cost_per_million(price_per_hour, total),
        }
    )
