"""Checks of the load generator's TTFT and TPOT against the server's histograms of the same requests."""

from __future__ import annotations

from statistics import fmean

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_in_metrics, unchecked
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.engine_metrics.meaning import Meaning

ABANDONED = "requests were abandoned, which the server's histogram may include"
HIDDEN_TOKENS = 4
"""Tokens that a chat server may generate before the first text: gpt-oss names a channel in three or four."""
TTFT_SLACK_S, TTFT_SLACK_SHARE = 0.010, 0.25
"""How far the load generator's mean TTFT may be above the server's: network, HTTP and tokenizing."""
EARLY_S, EARLY_SHARE = 0.005, 0.05
"""How far the load generator's mean TTFT may be below the server's, although its clock runs for longer."""
TPOT_SLACK_S, TPOT_SLACK_SHARE = 0.0005, 0.05
"""How far the mean TPOTs may differ: the server times engine steps, the load generator arrivals."""


def ttft(evidence: Evidence) -> Finding:
    """Compare mean TTFT, warm-up included. `value`: the load generator's minus the server's, in seconds."""
    if evidence.abandoned:
        return unchecked(ABANDONED)
    times = [row.ttft_s for row in evidence.succeeded if row.ttft_s is not None]
    if not times:
        return unchecked("no answer has a first token")
    server = _histogram_mean(evidence, Meaning.TTFT_SUM, Meaning.TTFT_COUNT)
    if server is None:
        return not_in_metrics(Meaning.TTFT_SUM, evidence.engine_without(Meaning.TTFT_SUM))
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
    """Compare mean TPOT over all tokens. `value`: the difference of load generator and server, in seconds.

    If the engine reports only the TPOT of each request, both means are over requests.
    """
    if evidence.abandoned:
        return unchecked(ABANDONED)
    streamed = [row for row in evidence.succeeded if row.tpot_s is not None]
    if not streamed:
        return unchecked("no answer came in several chunks")
    server, client = _server_tpot(evidence), _tpot_over_tokens(streamed)
    if server is None:
        server = _histogram_mean(evidence, Meaning.TPOT_SUM, Meaning.TPOT_COUNT)
        client = fmean(row.tpot_s or 0.0 for row in streamed)
    if not server:
        return not_in_metrics(Meaning.DECODE_SUM, evidence.engine_without(Meaning.DECODE_SUM))
    sentence = (
        f"mean TPOT is {client * 1000:.2f} ms at the load generator and {server * 1000:.2f} ms at the server"
    )
    return at_most(TPOT_SLACK_S + TPOT_SLACK_SHARE * server, abs(client - server), "suspect", sentence)


def _tpot_over_tokens(streamed: list[RequestRow]) -> float:
    """Return the load generator's mean TPOT, in which every token has the same weight."""
    gaps = [(row.output_tokens or 1) - 1 for row in streamed]
    spent = sum((row.tpot_s or 0.0) * count for row, count in zip(streamed, gaps, strict=True))
    return spent / sum(gaps)


def _hidden_tokens_s(evidence: Evidence) -> float:
    """Return the seconds that hidden tokens take on chat; the server's TTFT ends at the first of them."""
    chats = sum(len(rows) for kind, rows in evidence.succeeded_by_kind if kind.endpoint == "chat")
    if not chats:
        return 0.0
    return HIDDEN_TOKENS * evidence.result.known("tpot_mean_s") * chats / len(evidence.succeeded)


def _server_tpot(evidence: Evidence) -> float | None:
    """Return the decode time divided by the number of tokens after each first token.

    The count of inter-token latencies is the fallback: an engine that decodes several tokens in a step may
    observe that step only once.
    """
    spent = evidence.counter_increase(Meaning.DECODE_SUM)
    tokens = evidence.counter_increase(Meaning.OUTPUT_TOKENS)
    firsts = _first_tokens(evidence)
    if spent is None or tokens is None or firsts is None:
        return _histogram_mean(evidence, Meaning.DECODE_SUM, Meaning.ITL_COUNT)
    return spent / (tokens - firsts) if tokens > firsts else None


def _first_tokens(evidence: Evidence) -> float | None:
    """Return the server's count of first tokens, or the load generator's count if no request failed."""
    firsts = evidence.counter_increase(Meaning.TTFT_COUNT)
    if firsts is None and len(evidence.succeeded) == len(evidence.rows):
        firsts = len(evidence.succeeded)
    return firsts


def _histogram_mean(evidence: Evidence, sum_meaning: Meaning, count_meaning: Meaning) -> float | None:
    observed = evidence.counter_increase(sum_meaning)
    count = evidence.counter_increase(count_meaning)
    return observed / count if count and observed is not None else None
