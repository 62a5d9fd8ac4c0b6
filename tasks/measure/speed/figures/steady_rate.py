"""The rates of the steady state; pure.

Requests that are under way at an end of the window count by the share of their time that lies in it. To count
those that end in it would leave out up to `slots` requests that the server has nearly answered at its end: of
four equal slots with five requests each, three of twenty.
"""

from __future__ import annotations

from collections.abc import Callable

from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.request_row import RequestRow


def steady_rate(amount: Callable[[RequestRow], int | None], point: PointData) -> float | None:
    """Return an amount per second in the steady state.

    Args:
        amount: of a succeeded request, such as its output tokens; None if it is unknown.
        point: the point.

    Returns:
        The rate; None where no request ended in a steady state, or where an amount is unknown.
    """
    window = point.steady_window
    if window is None or window.seconds <= 0 or point.steady is None or not point.steady.succeeded:
        return None
    total = 0.0
    for row in point.succeeded:
        share = window.share_of(row)
        if share > 0:
            value = amount(row)
            if value is None:
                return None
            total += share * value
    return total / window.seconds
