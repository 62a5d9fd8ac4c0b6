"""Figures of speculative decoding during a point, from the server's metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.probe.engine_metrics.meaning import Meaning

if TYPE_CHECKING:
    from tasks.probe.metrics_history import MetricsHistory  # its HTTP client takes long to import

REPORTED = (Meaning.DRAFTED_TOKENS, Meaning.ACCEPTED_TOKENS, Meaning.DRAFTS, Meaning.ACCEPTED_LENGTH)
"""Meanings that show whether an engine drafts; one of them is enough."""


@dataclass(frozen=True, slots=True)
class Speculation:
    """Figures of speculative decoding; None for those that the server does not report.

    `acceptance_rate`: accepted over drafted tokens. `accepted_length`: tokens that a draft yields on average,
    the model's own token included.
    """

    acceptance_rate: float | None
    accepted_length: float | None


def speculation_in(history: MetricsHistory) -> Speculation | None:
    """Return the figures of speculative decoding; None if the metrics show no drafted tokens.

    Use counters if there are any, otherwise the mean of the gauge's readings.
    """
    counted = [history.increase(meaning) for meaning in REPORTED[:3]]
    length_gauge = history.mean_while_running(Meaning.ACCEPTED_LENGTH)
    if not any(counted) and length_gauge is None:
        return None
    drafted, accepted, drafts = counted
    rate = accepted / drafted if drafted and accepted is not None else None
    if rate is None:
        rate = history.mean_while_running(Meaning.ACCEPTANCE_RATE)
    length = _accepted_length(history, accepted, drafts)
    return Speculation(rate, length_gauge if length is None else length)


def _accepted_length(history: MetricsHistory, accepted: float | None, drafts: float | None) -> float | None:
    """Return the accepted tokens per draft, plus 1.

    Without a count of accepted tokens, return the tokens per draft, without the first token of each request.
    That holds for SGLang, which verifies a draft in each step.
    """
    if not drafts:
        return None
    if accepted is not None:
        return 1 + accepted / drafts
    output, requests = history.increase(Meaning.OUTPUT_TOKENS), history.increase(Meaning.FINISHED)
    if output is None or requests is None:
        return None
    return (output - requests) / drafts
