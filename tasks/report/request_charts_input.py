"""Single requests as the charts show them: the distribution of their times, and a sample over the run."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen

TIMES = ("latency", "ttft", "tpot")
"""The times whose distributions a page shows."""


class Distribution(Frozen):
    """One time of the succeeded requests of one load.

    `values` rise, in seconds; `shares`: the share of the requests that took at most so long. `box`: P5, P25,
    P50, P75, P95 and the highest value; below 20 requests the lowest and the highest instead of P5 and P95.
    `percentiles`: by statistic, such as `p95`, those for which there are enough requests, as of a point.
    """

    sweep: str
    load_label: str
    time: str
    count: int
    values: tuple[float, ...]
    shares: tuple[float, ...]
    box: tuple[float, ...]
    percentiles: dict[str, float] = Field(default_factory=dict)


class SampledRequest(Frozen):
    """One request. `seconds`: when it was sent, since the start of the run."""

    seconds: float
    sweep: str
    load_label: str
    ttft_s: float | None
    latency_s: float | None
    succeeded: bool


class RequestCounts(Frozen):
    """How requests were thinned out.

    `total`: requests of the run. `slow` and `failed`: those shown because of a high TTFT, or because they
    failed. `step`: of the others, one of so many is shown; 1 if all are.
    """

    total: int
    slow: int = 0
    failed: int = 0
    step: int = 1


class RequestSample(Frozen):
    """The requests of a run over its time, thinned out."""

    requests: tuple[SampledRequest, ...]
    counts: RequestCounts
