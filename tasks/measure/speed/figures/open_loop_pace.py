"""Computes whether a server keeps up with an open loop, and how many requests a second it answers; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression

from tasks.measure.speed.request_row import RequestRow

FIT_MIN_REQUESTS = 10
"""The fewest requests to which the fit of latency against response length is applied."""
LATENCIES = 3
"""The time in which requests are sent has to be this many mean latencies, or the pace is not known."""
TOO_SHORT = "answers take more than a third of the time in which requests are sent"
"""Why a pace is not known."""
TENTH = 10
"""The first and the last tenth of the answers do not count for the rate: the server starts and drains."""


@dataclass(frozen=True, slots=True)
class _Request:
    """When a request was sent and when its response ended, in seconds; and its output tokens."""

    sent: float
    ended: float
    tokens: float


def pace(succeeded: Sequence[RequestRow]) -> float | None:
    """Return the rate at which requests end as a share of the rate of sending; below 1, a queue grows.

    The pace is 1 minus the growth of the number of requests in flight, from the second to the last third of
    the time in which requests are sent; each third counts by its mean. The first third is excluded because
    the number grows in any case while the load starts. Dense arrivals or long responses can cause growth by
    chance. The growth is therefore reduced by the growth that the same requests would show if their latency
    depended on their length as in the first third.

    Args:
        succeeded: the measured requests that succeeded.

    Returns:
        The pace; None if no time passed between the first and the last request, and if the first third took
        longer than a third of it on average: then the number in flight grows however fast the server is.
    """
    requests = _requests(succeeded)
    span = max((request.sent for request in requests), default=0.0)
    if span <= 0 or LATENCIES * fmean(_latencies(_first_third(requests, span))) > span:
        return None
    excess = _growth(requests, span) - _growth(_answered_as_first_third(requests, span), span)
    return 1 - 3 * excess / (len(requests) - 1)


def answer_rate(succeeded: Sequence[RequestRow]) -> float | None:
    """Return the requests per second that end, without the first and the last tenth of them.

    A server that falls behind ends requests at its own rate, whenever they were sent. None for fewer than two
    requests in between, or for no time between them.
    """
    ends = sorted(request.ended for request in _requests(succeeded))
    inner = ends[len(ends) // TENTH : len(ends) - len(ends) // TENTH]
    if len(inner) < 2 or inner[-1] <= inner[0]:
        return None
    return (len(inner) - 1) / (inner[-1] - inner[0])


def _requests(rows: Iterable[RequestRow]) -> list[_Request]:
    """Return the requests, with times in seconds since the first one was sent."""
    complete = [row for row in rows if row.latency_s is not None]
    start = min((row.sent_at.timestamp() for row in complete), default=0.0)
    requests = []
    for row in complete:
        sent = row.sent_at.timestamp() - start
        requests.append(_Request(sent, sent + (row.latency_s or 0.0), float(row.output_tokens or 0)))
    return requests


def _answered_as_first_third(requests: Sequence[_Request], span: float) -> list[_Request]:
    """Return the requests with the latency that the first third had for their number of tokens."""
    early = _first_third(requests, span)
    tokens, latencies = [request.tokens for request in early], _latencies(early)
    slope, intercept = 0.0, fmean(latencies)
    if len(early) >= FIT_MIN_REQUESTS and len(set(tokens)) > 1:
        slope, intercept = linear_regression(tokens, latencies)
    expected = []
    for request in requests:
        latency = max(0.0, intercept + slope * request.tokens)
        expected.append(_Request(request.sent, request.sent + latency, request.tokens))
    return expected


def _first_third(requests: Iterable[_Request], span: float) -> list[_Request]:
    """Return the requests that are sent in the first third of the time."""
    return [request for request in requests if request.sent <= span / 3]


def _latencies(requests: Iterable[_Request]) -> list[float]:
    return [request.ended - request.sent for request in requests]


def _growth(requests: Sequence[_Request], span: float) -> float:
    """Return how many more requests are in flight in the last third than in the second, on average."""
    third = span / 3
    return _mean_under_way(requests, 2 * third, span) - _mean_under_way(requests, third, 2 * third)


def _mean_under_way(requests: Iterable[_Request], start: float, end: float) -> float:
    """Return the mean number of requests in flight over an interval."""
    overlaps = (min(request.ended, end) - max(request.sent, start) for request in requests)
    return sum(max(0.0, overlap) for overlap in overlaps) / (end - start)
