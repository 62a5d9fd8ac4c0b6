"""Checks of a point's course: long enough, and the same from beginning to end."""

from __future__ import annotations

from math import hypot, sqrt
from statistics import fmean, stdev

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, unchecked

WAVES = 5
"""Below this many requests a slot, the first burst of prefills makes up much of the sample."""
PACE = 0.90
"""Below this, three times the noise of a measurement, requests pile up."""
STEADY_NEEDS, STEADY_SHARE = 40, 0.10
"""So many requests after the first wave, and a change of latency that is none of the noise."""


def waves(evidence: Evidence) -> Finding:
    """Said, not judged: the original recipe has two waves at its highest load."""
    concurrency, requests = evidence.result.concurrency, evidence.result.requests
    if concurrency is None:
        return unchecked("an open loop has no waves")
    found = requests / concurrency
    few = concurrency > 1 and found < WAVES
    heavy = f": the first burst weighs heavily, {WAVES} or more are better" if few else ""
    return Finding(verdict="valid", sentence=f"{found:g} waves{heavy}", value=found, limit=WAVES, noted=few)


def pace(evidence: Evidence) -> Finding:
    """An open loop whose server falls behind: TTFT grows for as long as one measures."""
    found = evidence.result.pace
    if found is None:
        return Finding(verdict="valid", sentence="a closed loop waits for its server")
    behind = found < PACE
    words = ": a queue grows, and TTFT with the time for which one measures" if behind else ""
    return Finding(
        verdict="suspect" if behind else "valid",
        sentence=f"requests left at {found:.0%} of the rate at which they were sent{words}",
        value=found,
        limit=PACE,
    )


def drift(evidence: Evidence) -> Finding:
    """Whether the later half of the requests fared as the earlier one, the first wave left out.

    By latency; by TPOT where answers have lengths of their own.
    """
    figure = "TPOT" if evidence.sweep.exact_output_tokens is None else "latency"
    skipped = evidence.result.concurrency or 0
    rows = sorted(evidence.good, key=lambda row: row.sent_at)[skipped:]
    taken = (row.tpot_s if figure == "TPOT" else row.latency_s for row in rows)
    times = [time for time in taken if time is not None]
    if len(times) < STEADY_NEEDS:
        return unchecked(f"fewer than {STEADY_NEEDS} requests after the first wave")
    early, late = times[: len(times) // 2], times[len(times) // 2 :]
    change = fmean(late) / fmean(early) - 1
    noise = hypot(stdev(early), stdev(late)) / sqrt(len(early)) / fmean(early)
    return at_most(
        max(STEADY_SHARE, 3 * noise),
        abs(change),
        "suspect",
        f"{figure} drifted by {change:+.0%} from the first half of the requests to the second",
        f"{figure} changed by {change:+.1%} from the first half of the requests to the second",
    )
