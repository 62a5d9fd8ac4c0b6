"""Checks of the load generator's TTFT and TPOT against the server's histograms of the same requests."""

from __future__ import annotations

from statistics import fmean

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_in_metrics, unchecked

HIDDEN_TOKENS = 4
"""Tokens that a chat server may generate before the first text: gpt-oss names a channel in three or four."""
TTFT_SLACK_S, TTFT_SLACK_SHARE = 0.010, 0.25
"""How far the load generator's mean TTFT may be above the server's: network, HTTP and tokenizing."""
EARLY_S, EARLY_SHARE = 0.005, 0.05
"""How far it may be below: the load generator's clock starts before the server's and stops after it."""
TPOT_SLACK_S, TPOT_SLACK_SHARE = 0.0005, 0.05
"""How far the two may differ in TPOT: the server times engine steps, the load generator arrivals."""


def ttft(evidence: Evidence) -> Finding:
    """Mean TTFT, warm-up included. `value`: seconds by which the load generator's is above the server's."""
    times = [row.ttft_s for row in evidence.succeeded if row.ttft_s is not None]
    if not times:
        return unchecked("no answer has a first token")
    server = _histogram_mean(evidence, "time_to_first_token_seconds")
    if server is None:
        return not_in_metrics("its TTFT")
    client = fmean(times)
    sentence = (
        f"mean TTFT is {client * 1000:.1f} ms at the load generator and {server * 1000:.1f} ms at the server"
    )
    early, early_limit = server - client, EARLY_S + EARLY_SHARE * server
    if early > early_limit:
        impossible = f"{sentence}: no answer can arrive before it is generated"
        return Finding(verdict="suspect", sentence=impossible, value=-early, limit=-early_limit)
    limit = TTFT_SLACK_S + TTFT_SLACK_SHARE * server + _hidden_tokens_s(evidence)
    return at_most(limit, client - server, "suspect", sentence)


def tpot(evidence: Evidence) -> Finding:
    """Mean TPOT over all tokens. `value`: seconds by which load generator and server differ."""
    streamed = [row for row in evidence.succeeded if row.tpot_s is not None]
    if not streamed:
        return unchecked("no answer came in several chunks")
    server = _server_tpot(evidence)
    if not server:
        return not_in_metrics("its TPOT")
    gaps = [(row.output_tokens or 1) - 1 for row in streamed]
    spent = sum((row.tpot_s or 0.0) * count for row, count in zip(streamed, gaps, strict=True))
    client = spent / sum(gaps)
    sentence = (
        f"mean TPOT is {client * 1000:.2f} ms at the load generator and {server * 1000:.2f} ms at the server"
    )
    return at_most(TPOT_SLACK_S + TPOT_SLACK_SHARE * server, abs(client - server), "suspect", sentence)


def _hidden_tokens_s(evidence: Evidence) -> float:
    """Seconds that tokens without text take on chat: the server counts the first of them as first token."""
    if evidence.sweep.endpoint != "chat":
        return 0.0
    return HIDDEN_TOKENS * evidence.result.known("tpot_mean_s")


def _server_tpot(evidence: Evidence) -> float | None:
    """The histogram's sum over the tokens after each first one.

    Its count is no use: an engine that decodes several tokens in a step observes that step once.
    """
    spent = evidence.counter_increase("inter_token_latency_seconds_sum")
    tokens = evidence.counter_increase("generation_tokens_total")
    firsts = evidence.counter_increase("time_to_first_token_seconds_count")
    if spent is None or tokens is None or firsts is None:
        return _histogram_mean(evidence, "inter_token_latency_seconds")
    return spent / (tokens - firsts) if tokens > firsts else None


def _histogram_mean(evidence: Evidence, histogram: str) -> float | None:
    observed = evidence.counter_increase(f"{histogram}_sum")
    count = evidence.counter_increase(f"{histogram}_count")
    return observed / count if count and observed is not None else None
