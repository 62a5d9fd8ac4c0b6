"""The rates of the steady state; pure.

Requests that are under way at an end of the window count by the share that was served in it. To count those
that end in it would leave out up to `slots` requests that the server has nearly answered at its end: of four
equal slots with five requests each, three of twenty. What a request waited is no part of its service: a queue
is empty at the beginning of the window, and full of requests that have waited long at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.request_row import RequestRow


def steady_tokens(point: PointData) -> float | None:
    """Return the output tokens per second; None without a steady state, or where an answer reports none."""
    return _rate(lambda row: row.output_tokens, point)


def steady_requests(point: PointData) -> float | None:
    """Return the requests per second; None without a steady state.

    The output tokens per second over the mean length of an answer: more short answers than long ones end soon
    after the first requests, and more long ones are under way at the end. By shares where no length is known.
    """
    tokens, lengths = steady_tokens(point), [row.output_tokens for row in point.succeeded]
    known = [length for length in lengths if length]
    if tokens is None or len(known) != len(lengths):
        return _rate(lambda row: 1, point)
    return tokens / fmean(known)


def _rate(amount: Callable[[RequestRow], int | None], point: PointData) -> float | None:
    """Return an amount of each succeeded request per second, such as its output tokens; None if unknown."""
    window = point.steady_window
    if window is None or window.seconds <= 0 or not point.succeeded:
        return None
    total, shortest_s = 0.0, min(row.ttft_s or 0.0 for row in point.succeeded)
    for row in point.succeeded:
        share = window.share_of(row, _waited_s(row, shortest_s))
        if share > 0:
            value = amount(row)
            if value is None:
                return None
            total += share * value
    return total / window.seconds


def _waited_s(row: RequestRow, shortest_s: float) -> float:
    """Return by how much a TTFT is above the shortest one; 0 of an answer in one piece."""
    if row.ttft_s is None or row.ttft_s == row.latency_s:
        return 0.0
    return row.ttft_s - shortest_s
