"""How speculative decoding went during a point, by the server's metrics."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.metrics_history import MetricsHistory

REPORTED = (Meaning.DRAFTED_TOKENS, Meaning.ACCEPTED_TOKENS, Meaning.DRAFTS, Meaning.ACCEPTED_LENGTH)
"""An engine that reports one of these shows whether it drafts."""


@dataclass(frozen=True, slots=True)
class Speculation:
    """Figures of speculative decoding; None for those that the server does not report.

    `acceptance_rate`: accepted over drafted tokens. `accepted_length`: tokens that a draft yields on average,
    the model's own token included.
    """

    acceptance_rate: float | None
    accepted_length: float | None


def speculation_in(history: MetricsHistory) -> Speculation | None:
    """Return how speculative decoding went; None where no drafted token is known of.

    Counters come before gauges, whose mean is over the moments at which they were read.
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
    """1 + accepted tokens a draft.

    Without a count of accepted tokens, the tokens after the first one of each request: every one of them came
    from a draft, as in SGLang, which verifies a draft in each step.
    """
    if not drafts:
        return None
    if accepted is not None:
        return 1 + accepted / drafts
    output, requests = history.increase(Meaning.OUTPUT_TOKENS), history.increase(Meaning.FINISHED)
    if output is None or requests is None:
        return None
    return (output - requests) / drafts
