"""What the right answers of a question set took: time of the server, energy, money. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.score_price import with_price
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.energy import energy_in
from tasks.probe.gpu_source import FOREIGN
from tasks.probe.reading import Reading


class Span(NamedTuple):
    """A time in which requests of a question set were under way."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()


def with_costs(
    scores: tuple[Score, ...],
    rows: Sequence[SampleRow],
    readings: Sequence[Reading],
    price_per_hour: float | None,
) -> tuple[Score, ...]:
    """Return the scores; the last one, which is of the whole set, with its time, energy and cost.

    Args:
        scores: the scores of one question set.
        rows: its answers.
        readings: telemetry of the time in which they were asked.
        price_per_hour: the server's price, in any currency.
    """
    spans = answering_time(rows)
    if not scores or not spans:
        return scores
    facts = {
        "busy_s": sum(span.seconds for span in spans),
        "energy_j": energy_in(spans, readings),
        "cost_doubts": tuple(_doubts(scores[-1], rows, readings)),
    }
    return (*scores[:-1], with_price(scores[-1].model_copy(update=facts), price_per_hour))


def answering_time(rows: Sequence[SampleRow]) -> list[Span]:
    """Return the times in which at least one answer was under way.

    Nothing if an answer without an error does not tell its time, as those of earlier versions.
    """
    asked = [row for row in rows if row.error is None or row.sent_at is not None]
    spans: list[Span] = []
    for row in asked:
        if row.sent_at is None or row.latency_s is None:
            return []
        spans.append(Span(row.sent_at, row.sent_at + timedelta(seconds=row.latency_s)))
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _doubts(score: Score, rows: Sequence[SampleRow], readings: Sequence[Reading]) -> list[str]:
    doubts = []
    if score.under_load:
        doubts.append("the server also answered the load's requests")
    without = sum(row.sent_at is None for row in rows)
    if without:
        doubts.append(f"the time of failed answers ({without}) is not in it")
    again = sum((row.tries or 1) > 1 for row in rows if row.sent_at is not None)
    if again:
        doubts.append(f"the time of failed tries for {again} of the answers is not in it")
    if len({row.asked_by for row in rows if row.sent_at is not None}) > 1:
        doubts.append("some answers are of an earlier run, and what it had under way at its end is not in it")
    if any(reading.metric.startswith(FOREIGN) and reading.value for reading in readings):
        doubts.append("another process computed on the server's GPUs")
    return doubts
