"""Checks of the load generator: that it measures the server and not itself."""

from __future__ import annotations

from statistics import fmean, median

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, unchecked
from tasks.measure.speed.event_loop_lag import CPU, LAG

CLIENT_DELAY_LIMIT_S = 0.010
"""The limit that inference-perf sets for a load generator's own delay, here for the mean."""
CLIENT_CPU_LIMIT = 0.9
CLIENT_LAG_LIMIT_S, CLIENT_STALL_S = 0.020, 0.100


def client_delay(evidence: Evidence) -> Finding:
    """A client that sends late measures itself."""
    delays = [
        row.client_delay_s for row in evidence.rows if row.client_delay_s is not None and not row.warmup
    ]
    if not delays:
        return unchecked("no request was sent")
    mean = fmean(delays)
    sentence = f"the client took {mean * 1000:.1f} ms on average to send a request"
    return at_most(CLIENT_DELAY_LIMIT_S, mean, "suspect", sentence)


def client_processor(evidence: Evidence) -> Finding:
    """A load process without processor time to spare notes everything late."""
    if not (shares := evidence.read("client", CPU)):
        return unchecked("the client's processor time was not read")
    sentence = f"a load process used {max(shares):.0%} of a processor"
    return at_most(
        CLIENT_CPU_LIMIT, max(shares), "suspect", f"{sentence}: give the sweep more `clients`", sentence
    )


def client_clock(evidence: Evidence) -> Finding:
    """How late its event loop comes, in a usual second of the process that is latest."""
    processes = evidence.read_apart("client", LAG).values()
    if not processes:
        return unchecked("the client's event loop was not watched")
    usual = max(median(each.value for each in lags) for lags in processes)
    sentence = f"the client's clock came {usual * 1000:.0f} ms late in a usual second"
    return at_most(CLIENT_LAG_LIMIT_S, usual, "suspect", sentence)


def client_stall(evidence: Evidence) -> Finding:
    """Said, not judged: one pause touches few requests."""
    if not (lags := evidence.read("client", LAG)):
        return unchecked("the client's event loop was not watched")
    worst = max(lags)
    long = worst > CLIENT_STALL_S
    said = "the client stood still once, for" if long else "the client's longest pause was"
    sentence = f"{said} {worst * 1000:.0f} ms"
    return Finding(verdict="valid", sentence=sentence, value=worst, limit=CLIENT_STALL_S, noted=long)
