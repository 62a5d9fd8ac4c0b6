"""Whether an open loop's server keeps up with it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean, linear_regression

from tasks.measure.speed.request_row import RequestRow

FITS = 10
"""From so many requests on, their latency is told by the length of their answers."""

Spell = tuple[float, float]
"""When a request was sent and when its answer ended, in seconds."""


def pace(good: Sequence[RequestRow]) -> float | None:
    """The rate at which requests leave, as a share of that at which they are sent; below 1 a queue grows.

    It is 1 less the growth of the requests under way, on average from the second to the last third of the
    time for which requests are sent: while the load begins and while it ends, they grow and shrink anyway.
    What arrives by chance, or asks by chance for a long answer, is no queue: the growth that is left out is
    that which the same requests would show if all were answered as those of the first third, by their length.

    Returns:
        None where no time passed between the first and the last request.
    """
    done = [(row, row.sent_at.timestamp()) for row in good if row.latency_s is not None]
    start = min((sent for _, sent in done), default=0.0)
    span = max((sent for _, sent in done), default=0.0) - start
    if span <= 0:
        return None
    seen = [(sent - start, sent - start + (row.latency_s or 0.0)) for row, sent in done]
    lengths = [float(row.output_tokens or 0) for row, _ in done]
    excess = _growth(seen, span) - _growth(_usual(seen, lengths, span), span)
    return 1 - 3 * excess / (len(done) - 1)


def _usual(seen: Sequence[Spell], lengths: Sequence[float], span: float) -> list[Spell]:
    """The same requests, answered as fast as those of the first third."""
    early = [
        (length, ended - sent)
        for (sent, ended), length in zip(seen, lengths, strict=True)
        if sent <= span / 3
    ]
    known, latencies = zip(*early, strict=True)
    slope, intercept = 0.0, fmean(latencies)
    if len(early) >= FITS and len(set(known)) > 1:
        slope, intercept = linear_regression(known, latencies)
    return [
        (sent, sent + max(0.0, intercept + slope * length))
        for (sent, _), length in zip(seen, lengths, strict=True)
    ]


def _growth(spells: Sequence[Spell], span: float) -> float:
    third = span / 3
    return _under_way(spells, 2 * third, span) - _under_way(spells, third, 2 * third)


def _under_way(spells: Iterable[Spell], start: float, end: float) -> float:
    """How many requests are under way, on average over an interval."""
    return sum(max(0.0, min(ended, end) - max(sent, start)) for sent, ended in spells) / (end - start)
