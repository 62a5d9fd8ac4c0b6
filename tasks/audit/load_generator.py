"""Checks that the load generator was fast enough to measure the server rather than itself."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from statistics import fmean, median

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, unchecked
from tasks.config.load_kinds.trace import Trace
from tasks.measure.speed.event_loop_lag import CPU, LAG
from tasks.probe.reading import Reading

DELAY_LIMIT_S = 0.010
"""The limit of the mean delay; inference-perf uses the same limit."""
LATENESS_LIMIT_S = 0.050
"""The limit of the P99 delay of a trace; beyond it, another traffic was sent than recorded."""
CPU_LIMIT = 0.9
LAG_LIMIT_S = 0.020
PAUSE_LIMIT_S = 0.100
LAG_NOT_READ = "the load generator's event loop lag was not read"


def client_delay(evidence: Evidence) -> Finding:
    """Check the mean time from the moment a request is due until its last byte is written."""
    delays = [
        row.client_delay_s for row in evidence.rows if row.client_delay_s is not None and not row.warmup
    ]
    if not delays:
        return unchecked("no request was sent")
    mean = fmean(delays)
    sentence = f"the load generator sent requests {mean * 1000:.1f} ms after they were due, on average"
    return at_most(DELAY_LIMIT_S, mean, "suspect", sentence)


def lateness(evidence: Evidence) -> Finding:
    """Check that the load generator kept up with a trace: the P99 of the time from due to sent."""
    if not isinstance(evidence.result.load, Trace):
        return Finding(verdict="valid", sentence="the load has no recorded times to keep")
    delays = sorted(row.client_delay_s for row in evidence.rows if row.client_delay_s is not None)
    if not delays:
        return unchecked("no request was sent")
    late = delays[ceil(0.99 * len(delays)) - 1]
    sentence = f"99 % of the requests were sent at most {late * 1000:.1f} ms after the trace says"
    behind = f"{sentence}: the load generator could not keep up, give the sweep more `clients`"
    return at_most(LATENESS_LIMIT_S, late, "invalid", behind, sentence)


def client_processor(evidence: Evidence) -> Finding:
    """Check the CPU usage of the busiest load process in its busiest second; near 100 %, times are late."""
    shares = evidence.values("client", CPU)
    if not shares:
        return unchecked("the load generator's CPU usage was not read")
    sentence = f"a load process used {max(shares):.0%} of a CPU in its busiest second"
    return at_most(CPU_LIMIT, max(shares), "suspect", f"{sentence}: give the sweep more `clients`", sentence)


def client_clock(evidence: Evidence) -> Finding:
    """Check the event loop lag of the load process that lags most: the median of its per-second maxima."""
    processes = evidence.readings_by_name("client", LAG).values()
    if not processes:
        return unchecked(LAG_NOT_READ)
    lag = max(_median(readings) for readings in processes)
    sentence = f"the load generator's event loop lagged {lag * 1000:.0f} ms (median of the per-second maxima)"
    return at_most(LAG_LIMIT_S, lag, "suspect", sentence)


def client_stall(evidence: Evidence) -> Finding:
    """Note a long pause of the event loop; never suspect, because one pause delays few requests."""
    lags = evidence.values("client", LAG)
    if not lags:
        return unchecked(LAG_NOT_READ)
    longest = max(lags)
    return Finding(
        verdict="valid",
        sentence=f"the load generator's longest pause was {longest * 1000:.0f} ms",
        value=longest,
        limit=PAUSE_LIMIT_S,
        noted=longest > PAUSE_LIMIT_S,
    )


def _median(readings: Sequence[Reading]) -> float:
    return median(reading.value for reading in readings)
