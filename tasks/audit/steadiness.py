"""Checks that a point was long enough, and steady from its first to its last request."""

from __future__ import annotations

from math import hypot, sqrt
from statistics import fmean, stdev

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, number_of, unchecked
from tasks.measure.speed.figures.open_loop_pace import TOO_SHORT

WAVES_ENOUGH = 5
"""With fewer requests per slot, the first burst of prefills makes up much of the sample."""
MOST_EMPTY = 0.2
"""The share of their time for which slots may be empty without a note."""
PACE_LIMIT = 0.90
"""Below this pace, requests pile up; the distance to 1 is three times the measurement noise."""
CHANGES = "the load changes from its first to its last request"
"""Why a check that expects a steady load is not made."""
DRIFT_REQUESTS_NEEDED = 40
DRIFT_LIMIT = 0.10


def waves(evidence: Evidence) -> Finding:
    """Check that every slot had work; note few waves: the original recipe has two at its highest load.

    With fewer requests than slots, or fewer conversations than users, the load is lower than its name says.
    Where answers differ in length, slots stay empty while the longest of the last ones run: a note as well.
    """
    slots = evidence.result.load.slots
    if not slots:
        return unchecked("an open loop has no waves")
    work, noun = _work(evidence)
    if work < slots:
        sentence = f"{number_of(work, noun)} for {slots} slots: no more than {work} were ever busy at once"
        return Finding(verdict="suspect", sentence=sentence, value=work / slots, limit=1)
    count = evidence.result.requests / slots
    few = slots > 1 and count < WAVES_ENOUGH
    advice = f": the first burst weighs heavily, use {WAVES_ENOUGH} or more" if few else ""
    empty = _empty_share(evidence)
    drained = empty > MOST_EMPTY
    if drained:
        advice += f"; slots were empty for {empty:.0%} of their time, which throughput includes"
    return Finding(
        verdict="valid",
        sentence=f"each slot sent {count:g} requests on average ({count:g} waves){advice}",
        value=count,
        limit=WAVES_ENOUGH,
        noted=few or drained,
    )


def _empty_share(evidence: Evidence) -> float:
    """Return the share of their time for which slots had no request; 0 of users who think, or if unknown.

    Warm-up requests hold slots too. Their time before the first measured request is not counted.
    """
    slots, duration_s = evidence.result.load.slots, evidence.result["duration_s"]
    if evidence.sweep.conversation is not None or not slots or not duration_s:
        return 0.0
    if not all(row.succeeded and row.latency_s is not None for row in evidence.rows):
        return 0.0
    start = min((row.due_at for row in evidence.rows if not row.warmup), default=None)
    if start is None:
        return 0.0
    held_s = 0.0
    for row in evidence.rows:
        held_s += max(0.0, (row.ended_at - max(row.due_at, start)).total_seconds())
    return max(0.0, 1 - held_s / (slots * duration_s))


def _work(evidence: Evidence) -> tuple[int, str]:
    """Return how many things slots work through one after another, and what they are."""
    if evidence.sweep.conversation is None:
        return evidence.result.requests, "request"
    return len({row.conversation for row in evidence.rows if not row.warmup}), "conversation"


def steady_state(evidence: Evidence) -> Finding:
    """Check that the steady state is as long as the sweep asks for."""
    wanted, found = evidence.sweep.steady_state, evidence.result["steady_s"]
    if wanted is None:
        return Finding(verdict="valid", sentence="the sweep asks for no steady state")
    if found is None:
        sentence = "the requests under way never reached the load's level: there is no steady state"
        return Finding(verdict="suspect", sentence=sentence, limit=wanted.min_s)
    short = found < wanted.min_s
    return Finding(
        verdict="suspect" if short else "valid",
        sentence=f"the steady state lasted {found:.1f} s{f', less than {wanted.min_s:g} s' if short else ''}",
        value=found,
        limit=wanted.min_s,
    )


def pace(evidence: Evidence) -> Finding:
    """Check that the server keeps up with an open loop; if not, TTFT grows with the point's length."""
    share = evidence.result["pace"]
    if not evidence.result.load.steady:
        return unchecked(CHANGES)
    if evidence.result.load.slots:
        return Finding(verdict="valid", sentence="a closed loop sends no faster than the server answers")
    if share is None:
        sentence = f"{TOO_SHORT}: most figures describe the start of the load; send more requests"
        return Finding(verdict="unchecked", sentence=sentence, noted=True)
    behind = share < PACE_LIMIT
    consequence = ": the queue grows, so TTFT depends on the length of the measurement" if behind else ""
    return Finding(
        verdict="suspect" if behind else "valid",
        sentence=f"requests ended at {share:.0%} of the rate at which they were sent{consequence}",
        value=share,
        limit=PACE_LIMIT,
    )


def drift(evidence: Evidence) -> Finding:
    """Check the change of mean latency from the first half of the requests to the second.

    Without the first wave of a closed loop, and without the last: it runs while slots stay empty, where a
    server that shares its speed is faster. If output lengths differ from request to request, check TPOT
    instead.
    """
    if not evidence.result.load.steady:
        return unchecked(CHANGES)
    figure, times = _times(evidence)
    if len(times) < DRIFT_REQUESTS_NEEDED:
        return unchecked(f"fewer than {DRIFT_REQUESTS_NEEDED} requests between the first wave and the last")
    middle = len(times) // 2
    early, late = times[:middle], times[middle:]
    change = fmean(late) / fmean(early) - 1
    standard_error = hypot(stdev(early), stdev(late)) / sqrt(len(early)) / fmean(early)
    halves = "from the first half of the requests to the second"
    return at_most(
        max(DRIFT_LIMIT, 3 * standard_error),
        abs(change),
        "suspect",
        f"{figure} drifted by {change:+.0%} {halves}",
        f"{figure} changed by {change:+.1%} {halves}",
    )


def _times(evidence: Evidence) -> tuple[str, list[float]]:
    """Return the figure to compare, and its values in order of sending, without the first and last wave."""
    rows = sorted(evidence.measured_succeeded, key=lambda row: row.sent_at)
    slots = evidence.result.load.slots
    rows = rows[slots : max(slots, len(rows) - slots)]
    if evidence.sweep.exact_output_tokens is None:
        return "TPOT", [row.tpot_s for row in rows if row.tpot_s is not None]
    return "latency", [row.latency_s for row in rows if row.latency_s is not None]
