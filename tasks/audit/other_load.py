"""The check for other load on this machine."""

from __future__ import annotations

from statistics import fmean

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, unchecked
from tasks.probe.machine_source import OTHERS

OTHER_LOAD_LIMIT = 0.10


def other_load(evidence: Evidence) -> Finding:
    """Check the CPU usage of processes that belong neither to servegauge nor to the server."""
    shares = evidence.values("machine", OTHERS)
    if not shares:
        return unchecked("the point was too short to read the CPU usage of other processes")
    mean = fmean(shares)
    sentence = f"other processes used {mean:.0%} of this machine's CPUs"
    return at_most(OTHER_LOAD_LIMIT, mean, "suspect", sentence)
