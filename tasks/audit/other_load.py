"""Checks of the machine: that nothing else ran there, and that its GPUs ran as they should."""

from __future__ import annotations

from statistics import fmean, median

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, unchecked
from tasks.probe.gpu_source import CLOCK, FOREIGN, MEMORY, THROTTLED, UTILIZATION
from tasks.probe.machine_source import OTHERS

OTHERS_LIMIT = 0.10
SLOWED = 0x08 | 0x20 | 0x40 | 0x80
"""Bits of nvmlClocksEventReasons: hardware slowdown, software and hardware thermal slowdown, power brake."""
POWER_CAP = 0x04
"""At its power limit a GPU lowers its clocks, which is usual under full load."""
BUSY, CLOCK_SHARE, CLOCK_NEEDS = 0.5, 0.10, 6
"""A GPU this busy in so many readings should hold its clock, within this share."""
GROWTH_LIMIT_BYTES = 2**30

NO_GPU = "no GPU of the server's was watched while requests were under way"


def other_load(evidence: Evidence) -> Finding:
    """Processes that are neither ours nor the server's take what both need."""
    if not (shares := evidence.read("machine", OTHERS)):
        return unchecked("the point was too short to see what else ran on the machine")
    mean = fmean(shares)
    sentence = f"other processes used {mean:.0%} of this machine's processors"
    return at_most(OTHERS_LIMIT, mean, "suspect", sentence)


def gpu_slowed(evidence: Evidence) -> Finding:
    """A GPU that is too hot, or is given too little power, is another GPU."""
    return _throttled(evidence, SLOWED, "slowed down by heat or its power supply")


def gpu_power_cap(evidence: Evidence) -> Finding:
    """Said, not judged: the power limit is part of the hardware."""
    found = _throttled(evidence, POWER_CAP, "at its power limit")
    capped = found.verdict == "suspect"
    return found.model_copy(update={"verdict": "valid", "noted": True}) if capped else found


def gpu_clock(evidence: Evidence) -> Finding:
    """The SM clock while busy, of the card whose clock fell most from the first third to the last."""
    falls = [
        fall for suffix in _cards(evidence) if (fall := _fall(_busy_clocks(evidence, suffix))) is not None
    ]
    if not falls:
        return unchecked("no GPU was seen busy for long enough") if _cards(evidence) else unchecked(NO_GPU)
    worst = max(falls)
    sentence = f"the SM clock of a busy GPU changed by {-worst or 0.0:+.1%} from the first third to the last"
    return at_most(CLOCK_SHARE, worst, "suspect", sentence)


def gpu_alone(evidence: Evidence) -> Finding:
    """Another process on the server's GPUs takes turns with it."""
    if not (counts := evidence.read("gpu", FOREIGN)):
        return unchecked(NO_GPU)
    sentence = f"{max(counts):.0f} processes that are not the server's computed on its GPUs"
    return at_most(0, max(counts), "suspect", sentence)


def gpu_memory(evidence: Evidence) -> Finding:
    """Said, not judged: an engine takes its memory at the start, so what comes later is worth a look."""
    courses = evidence.read_apart("gpu", MEMORY).values()
    if not courses:
        return unchecked(NO_GPU)
    grown = max(max(each.value for each in course) - course[0].value for course in courses)
    sentence = f"memory in use on a GPU grew by {grown / 2**30:.2f} GiB during the point"
    more = grown > GROWTH_LIMIT_BYTES
    return Finding(verdict="valid", sentence=sentence, value=grown, limit=GROWTH_LIMIT_BYTES, noted=more)


def _throttled(evidence: Evidence, reasons: int, words: str) -> Finding:
    if not (masks := evidence.read("gpu", THROTTLED)):
        return unchecked(NO_GPU)
    share = sum(bool(int(mask) & reasons) for mask in masks) / len(masks)
    return at_most(0, share, "suspect", f"a GPU was {words} in {share:.0%} of the readings")


def _cards(evidence: Evidence) -> list[str]:
    return [metric.removeprefix(CLOCK) for metric in evidence.read_apart("gpu", CLOCK)]


def _busy_clocks(evidence: Evidence, suffix: str) -> list[float]:
    use = {
        each.time: each.value
        for each in evidence.read_apart("gpu", UTILIZATION).get(UTILIZATION + suffix, ())
    }
    clocks = evidence.read_apart("gpu", CLOCK)[CLOCK + suffix]
    return [each.value for each in clocks if use.get(each.time, 0.0) > BUSY]


def _fall(clocks: list[float]) -> float | None:
    """By what share the median of the last third is below that of the first; None for too few."""
    third = len(clocks) // 3
    if len(clocks) < CLOCK_NEEDS:
        return None
    return 1 - median(clocks[-third:]) / median(clocks[:third])
