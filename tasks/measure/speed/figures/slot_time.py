"""How long a request of a closed loop holds its slot while every slot is held; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean

from tasks.measure.speed.request_row import RequestRow


def mean_slot_time_s(held: Sequence[RequestRow], slots: int) -> float | None:
    """Return the mean of the client's delay and the latency, and the mean think time before a turn.

    The times of abandoned requests count, but they themselves do not: it is a mean per succeeded request.

    The first `slots` requests are left out, because there is no queue yet, and those that are sent when slots
    stay empty: the last `slots`, or those after the first user who has no further conversation. Think times
    count of all requests: which turns are left out must not change them. None for fewer than two requests,
    and for fewer conversations than slots, some of which then stay empty from the beginning.
    """
    ordered = sorted(held, key=lambda row: row.sent_at)
    conversations = {row.conversation for row in ordered if row.conversation is not None}
    if conversations:
        if len(conversations) < slots:
            return None
        left_at = _first_user_left_at(ordered)
        inner = [row for row in ordered[slots:] if row.sent_at <= left_at]
    else:
        inner = ordered[slots : len(ordered) - slots]
    times_s = [(row.client_delay_s or 0.0) + row.latency_s for row in inner if row.latency_s is not None]
    succeeded = sum(not row.abandoned for row in inner)
    if len(times_s) < 2 or not succeeded:
        return None
    return sum(times_s) / succeeded + fmean(row.think_s or 0.0 for row in ordered)


def _first_user_left_at(ordered: Sequence[RequestRow]) -> datetime:
    """Return the end of the first conversation that ended after the last one had begun."""
    starts: dict[int | None, datetime] = {}
    ends: dict[int | None, datetime] = {}
    for row in ordered:
        starts.setdefault(row.conversation, row.sent_at)
        ends[row.conversation] = row.ended_at
    last_start = max(starts.values())
    return min(end for end in ends.values() if end >= last_start)
