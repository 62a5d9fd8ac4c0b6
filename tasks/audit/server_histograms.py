"""Checks of the client's times against the server's own histograms of the same requests."""

from __future__ import annotations

from statistics import fmean

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_counted, unchecked

HIDDEN_TOKENS = 4
"""On chat a server generates these before the first text: gpt-oss names a channel in three or four."""
TTFT_SLACK_S, TTFT_SLACK_SHARE = 0.010, 0.25
"""How far the client's mean TTFT may stand above the server's own: network, HTTP and tokenizing."""
EARLY_S, EARLY_SHARE = 0.005, 0.05
"""How far it may stand below: the client's clock starts before the server's and stops after it."""
TPOT_SLACK_S, TPOT_SLACK_SHARE = 0.0005, 0.05
"""How far the two may differ in TPOT: the server counts steps of its engine, the client arrivals."""


def ttft(evidence: Evidence) -> Finding:
    """The client's mean TTFT, warm-up included; `value` is how far it stands above the server's."""
    seen = [row.ttft_s for row in evidence.succeeded if row.ttft_s is not None]
    if not seen:
        return unchecked("no answer has a first token")
    if (server := _mean(evidence, "time_to_first_token_seconds")) is None:
        return not_counted("its TTFT")
    client = fmean(seen)
    figures = f"{client * 1000:.1f} ms at the client but {server * 1000:.1f} ms at the server"
    if (early := server - client) > (limit := EARLY_S + EARLY_SHARE * server):
        sentence = f"mean TTFT is {figures}: no answer comes before it is made"
        return Finding(verdict="suspect", sentence=sentence, value=-early, limit=-limit)
    hidden = HIDDEN_TOKENS * (evidence.result.tpot.mean or 0.0) if evidence.sweep.endpoint == "chat" else 0.0
    return at_most(
        TTFT_SLACK_S + TTFT_SLACK_SHARE * server + hidden,
        client - server,
        "suspect",
        f"mean TTFT is {figures}",
        f"mean TTFT is {client * 1000:.1f} ms at the client, {server * 1000:.1f} ms at the server",
    )


def tpot(evidence: Evidence) -> Finding:
    """The client's time between tokens; `value` is how far it differs from the server's."""
    seen = [
        (row.tpot_s, (row.output_tokens or 1) - 1) for row in evidence.succeeded if row.tpot_s is not None
    ]
    if not seen:
        return unchecked("no answer has several tokens apart")
    if not (server := _server_tpot(evidence)):
        return not_counted("its TPOT")
    client = sum(tpot * gaps for tpot, gaps in seen) / sum(gaps for _, gaps in seen)
    return at_most(
        TPOT_SLACK_S + TPOT_SLACK_SHARE * server,
        abs(client - server),
        "suspect",
        f"mean TPOT is {client * 1000:.2f} ms at the client but {server * 1000:.2f} ms at the server",
        f"mean TPOT is {client * 1000:.2f} ms at the client, {server * 1000:.2f} ms at the server",
    )


def _server_tpot(evidence: Evidence) -> float | None:
    """Per token: an engine that decodes several in a step observes the step once."""
    spent = evidence.counted("inter_token_latency_seconds_sum")
    tokens = evidence.counted("generation_tokens_total")
    first = evidence.counted("time_to_first_token_seconds_count")
    if spent is None or tokens is None or first is None:
        return _mean(evidence, "inter_token_latency_seconds")
    return spent / (tokens - first) if tokens > first else None


def _mean(evidence: Evidence, histogram: str) -> float | None:
    added, count = evidence.counted(f"{histogram}_sum"), evidence.counted(f"{histogram}_count")
    return added / count if count and added is not None else None
