"""The stub's own figures of the requests that it served: what a load generator should report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from stub.request_log import LoggedRequest
from tasks.stats import percentile


@dataclass(frozen=True, slots=True)
class Summary:
    """Times in seconds. None: no request has the figure.

    Args:
        requests: all requests, the failed ones too.
        with_tokens: requests that got at least one token. The other figures are theirs.
        ttft_p99_s: the highest value where there are too few requests for a P99.
        tpot_mean_s: over requests with two tokens or more.
        latency_mean_s: from a request's last byte to its last token.
        span_s: from the arrival of the first request to the last token of all.
        output_tokens_per_s: tokens by span.
    """

    requests: int
    with_tokens: int
    output_tokens: int
    ttft_mean_s: float | None = None
    ttft_p99_s: float | None = None
    tpot_mean_s: float | None = None
    latency_mean_s: float | None = None
    span_s: float | None = None
    output_tokens_per_s: float | None = None
    requests_per_s: float | None = None


def summary_of(entries: Sequence[LoggedRequest]) -> Summary:
    """Compute the figures of some entries of the log."""
    answered = [entry for entry in entries if entry.first_sent is not None]
    tokens = sum(entry.tokens for entry in answered)
    if not answered:
        return Summary(len(entries), 0, 0)
    ttft = sorted(entry.ttft for entry in answered)
    tpot = [entry.itl for entry in answered if entry.tokens > 1]
    last = max(entry.last_sent or 0.0 for entry in answered)
    span = last - min(entry.arrived for entry in answered)
    return Summary(
        requests=len(entries),
        with_tokens=len(answered),
        output_tokens=tokens,
        ttft_mean_s=fmean(ttft),
        ttft_p99_s=percentile(ttft, 99) or ttft[-1],
        tpot_mean_s=fmean(tpot) if tpot else None,
        latency_mean_s=fmean(entry.latency for entry in answered),
        span_s=span,
        output_tokens_per_s=tokens / span if span else None,
        requests_per_s=len(answered) / span if span else None,
    )


def summary_text(summary: Summary) -> str:
    """Return the figures for a terminal, with the usual names and units."""
    if summary.ttft_mean_s is None:
        return f"{summary.requests} requests, none with tokens"
    lines = [
        ("requests", f"{summary.requests}, of which {summary.with_tokens} got tokens"),
        ("output tokens", f"{summary.output_tokens}"),
        ("TTFT mean", _ms(summary.ttft_mean_s)),
        ("TTFT P99", _ms(summary.ttft_p99_s)),
        ("TPOT mean", _ms(summary.tpot_mean_s)),
        ("latency mean", _ms(summary.latency_mean_s)),
        (
            "throughput",
            f"{_number(summary.output_tokens_per_s)} tok/s, {_number(summary.requests_per_s)} req/s",
        ),
    ]
    return "\n".join(f"{name:<14} {value}" for name, value in lines)


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.2f} ms"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
