"""From rows to the figures of a point; pure.

Percentiles interpolate linearly between order statistics: definition 7 of Hyndman and Fan, "Sample Quantiles
in Statistical Packages", The American Statistician 50 (1996), the default of NumPy. A percentile p is given
only from 1 / (1 - p) values on (p50: 2, p90: 10, p95: 20, p99: 100): below, it is just the maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import floor
from statistics import fmean

from tasks.config.objective import NEEDED
from tasks.measure.jobs import PointJob
from tasks.measure.results import Distribution, PointResult, RequestRow
from tasks.measure.speed.objectives import with_objectives
from tasks.measure.speed.pace import pace


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """A percentile of values in ascending order, or None where they are too few to carry it."""
    if len(ordered) < NEEDED[percent]:
        return None
    place = (len(ordered) - 1) * percent / 100
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def distribution(values: Sequence[float]) -> Distribution:
    """Mean and percentiles of values in any order; all None when there are none."""
    ordered = sorted(values)
    figures = {f"p{percent}": percentile(ordered, percent) for percent in NEEDED}
    return Distribution(mean=fmean(ordered) if ordered else None, **figures)


def point_result(job: PointJob, rows: Sequence[RequestRow], duration_s: float) -> PointResult:
    """The figures of a point over its measured requests; those that failed count only as failed.

    Args:
        job: what was measured.
        rows: one for each request, warm-up included.
        duration_s: the measured window, from the first measured request's free slot to the last one's end.

    Returns:
        A result without NaN: where nothing succeeded, rates are 0 and distributions None.
    """
    measured = [row for row in rows if not row.warmup]
    good = [row for row in measured if row.succeeded]
    inputs = sum(row.input_tokens or 0 for row in good)
    outputs = sum(row.output_tokens or 0 for row in good)
    # Nothing measured at all is a process that died, not a duration in which nothing was to be sent.
    sent = len(measured) if job.load.duration_s is not None and measured else job.load.requests
    window = duration_s if duration_s > 0 else float("inf")
    result = PointResult(
        sweep=job.sweep.name,
        run_name=job.run_name,
        concurrency=job.load.concurrency,
        rate=job.load.rate,
        requests=sent,
        repeat=job.repeat,
        attempt=job.attempt,
        succeeded=len(good),
        failed=sent - len(good),
        duration_s=duration_s,
        request_throughput=len(good) / window,
        input_token_throughput=inputs / window,
        output_token_throughput=outputs / window,
        total_token_throughput=(inputs + outputs) / window,
        ttft=distribution([row.ttft_s for row in good if row.ttft_s is not None]),
        tpot=distribution([row.tpot_s for row in good if row.tpot_s is not None]),
        itl=distribution(list(chain.from_iterable(row.itl_s for row in good))),
        latency=distribution([row.latency_s for row in good if row.latency_s is not None]),
        input_tokens_mean=inputs / len(good) if good else None,
        output_tokens_mean=outputs / len(good) if good else None,
        sustained_throughput=_sustained(good, job.load.slots),
        pace=None if job.load.rate is None else pace(good),
        first_error=next((row.error for row in measured if row.error), None),
    )
    return with_objectives(job.sweep.objectives, result, rows)


def _sustained(good: Sequence[RequestRow], slots: int) -> float | None:
    """Slots over the mean time for which a request takes one, of those that began and ended with all taken.

    That is Little's law (Operations Research 9, 1961), over all requests but the first and the last `slots`:
    the first find no queue yet, the last leave slots empty. None where no two are left.
    """
    ordered = sorted(good, key=lambda row: row.sent_at)
    full = ordered[slots : len(ordered) - slots] if slots else []
    taken = [(row.client_delay_s or 0.0) + row.latency_s for row in full if row.latency_s is not None]
    return slots / fmean(taken) if len(taken) > 1 else None
