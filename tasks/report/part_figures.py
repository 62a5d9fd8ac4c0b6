"""The figures of a mix by part: the requests of each sweep that it names; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

from tasks.config.base import Frozen
from tasks.stats import percentile


class PartRequest(NamedTuple):
    """What counts of a request of a mix, whether or not it succeeded."""

    part: str
    succeeded: bool
    abandoned: bool | None
    output_tokens: int | None
    ttft_s: float | None
    tpot_s: float | None
    latency_s: float | None


class PartFigures(Frozen):
    """The figures of one part of a mix at one load. Times are those of the requests that succeeded.

    `requests`: how many were sent. `share`: of all requests of the load. `output_token_throughput`: the
    part's tokens over the duration of the whole load; None unless every answer has a count.
    """

    sweep: str
    load_label: str
    part: str
    requests: int
    failed: int
    share: float
    output_token_throughput: float | None
    ttft_mean_s: float | None
    ttft_p95_s: float | None
    tpot_mean_s: float | None
    latency_mean_s: float | None


def part_figures(
    sweep: str, load_label: str, requests: Sequence[PartRequest], duration_s: float
) -> list[PartFigures]:
    """Return the figures of each part, the largest part first.

    Args:
        sweep: the mix.
        load_label: the load.
        requests: the measured requests of the load, repeats together.
        duration_s: how long it was measured, repeats together.
    """
    groups: dict[str, list[PartRequest]] = {}
    for request in requests:
        groups.setdefault(request.part, []).append(request)
    parts = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [_figures(sweep, load_label, group, len(group) / len(requests), duration_s) for _, group in parts]


def _figures(
    sweep: str, load_label: str, group: Sequence[PartRequest], share: float, duration_s: float
) -> PartFigures:
    succeeded = [request for request in group if request.succeeded]
    ttfts = sorted(_known(request.ttft_s for request in succeeded))
    tokens = [request.output_tokens for request in succeeded]
    counted = [count for count in tokens if count is not None]
    complete = len(counted) == len(tokens) and duration_s > 0
    return PartFigures(
        sweep=sweep,
        load_label=load_label,
        part=group[0].part,
        requests=len(group),
        failed=sum(not (request.succeeded or request.abandoned) for request in group),
        share=share,
        output_token_throughput=sum(counted) / duration_s if complete else None,
        ttft_mean_s=_mean(ttfts),
        ttft_p95_s=percentile(ttfts, 95),
        tpot_mean_s=_mean(_known(request.tpot_s for request in succeeded)),
        latency_mean_s=_mean(_known(request.latency_s for request in succeeded)),
    )


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
