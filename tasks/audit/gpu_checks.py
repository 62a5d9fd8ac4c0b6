"""Checks that the server's GPUs ran at full speed and for this server alone."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, number_of, unchecked
from tasks.probe.gpu_source import CLOCK, FOREIGN, MEMORY, THROTTLED, UTILIZATION
from tasks.probe.reading import Reading

SLOWDOWN_BITS = 0x08 | 0x20 | 0x40 | 0x80
"""Bits of nvmlClocksEventReasons: hardware slowdown, software and hardware thermal slowdown, power brake."""
POWER_CAP_BIT = 0x04
"""Bit of nvmlClocksEventReasons: the GPU is at its power limit, which is usual under full load."""
BUSY_UTILIZATION = 0.5
"""Above this utilization, a GPU should hold its SM clock."""
CLOCK_READINGS_NEEDED = 6
CLOCK_DROP_LIMIT = 0.10
MEMORY_GROWTH_LIMIT_BYTES = 2**30
NOT_READ = "no GPU of the server was read while requests were in flight"


def gpu_slowed(evidence: Evidence) -> Finding:
    """Check the share of readings in which heat or the power supply throttled a GPU."""
    return _throttled(evidence, SLOWDOWN_BITS, "throttled because of heat or its power supply")


def gpu_power_cap(evidence: Evidence) -> Finding:
    """Note the share of readings at the power limit; never suspect: the limit is part of the hardware."""
    finding = _throttled(evidence, POWER_CAP_BIT, "at its power limit")
    if finding.verdict != "suspect":
        return finding
    return finding.model_copy(update={"verdict": "valid", "noted": True})


def gpu_clock(evidence: Evidence) -> Finding:
    """Check how much the SM clock of a busy GPU dropped during the point; the largest drop counts."""
    clocks_by_name = evidence.readings_by_name("gpu", CLOCK)
    if not clocks_by_name:
        return unchecked(NOT_READ)
    drops = []
    for name, clocks in clocks_by_name.items():
        busy_clocks = _while_busy(evidence, name.removeprefix(CLOCK), clocks)
        if len(busy_clocks) >= CLOCK_READINGS_NEEDED:
            drops.append(_drop(busy_clocks))
    if not drops:
        return unchecked("no GPU was busy for long enough")
    worst = max(drops)
    change = -worst or 0.0  # never -0.0
    sentence = f"a busy GPU's SM clock changed by {change:+.1%} from the first third of the point to the last"
    return at_most(CLOCK_DROP_LIMIT, worst, "suspect", sentence)


def gpu_alone(evidence: Evidence) -> Finding:
    """Check that no other process computes on the server's GPUs, which would slow the server down."""
    counts = evidence.values("gpu", FOREIGN)
    if not counts:
        return unchecked(NOT_READ)
    others = number_of(max(counts), "other process", "other processes")
    return at_most(0, max(counts), "suspect", f"the server shared a GPU with {others}")


def gpu_memory(evidence: Evidence) -> Finding:
    """Note growth of GPU memory during the point; never suspect. Engines usually allocate at startup."""
    readings_by_name = evidence.readings_by_name("gpu", MEMORY)
    if not readings_by_name:
        return unchecked(NOT_READ)
    growth = max(_growth(readings) for readings in readings_by_name.values())
    return Finding(
        verdict="valid",
        sentence=f"memory in use on a GPU grew by {growth / 2**30:.2f} GiB during the point",
        value=growth,
        limit=MEMORY_GROWTH_LIMIT_BYTES,
        noted=growth > MEMORY_GROWTH_LIMIT_BYTES,
    )


def _growth(readings: Sequence[Reading]) -> float:
    return max(reading.value for reading in readings) - readings[0].value


def _throttled(evidence: Evidence, bits: int, state: str) -> Finding:
    """Check the share of readings whose throttle reasons have one of the bits."""
    masks = evidence.values("gpu", THROTTLED)
    if not masks:
        return unchecked(NOT_READ)
    share = sum(bool(int(mask) & bits) for mask in masks) / len(masks)
    return at_most(0, share, "suspect", f"a GPU was {state} in {share:.0%} of the readings")


def _while_busy(evidence: Evidence, gpu_suffix: str, clocks: Sequence[Reading]) -> list[float]:
    """Return the SM clocks from the times when the same GPU was busy."""
    name = UTILIZATION + gpu_suffix
    readings = evidence.readings_by_name("gpu", name).get(name, [])
    busy_times = {reading.time for reading in readings if reading.value > BUSY_UTILIZATION}
    return [clock.value for clock in clocks if clock.time in busy_times]


def _drop(clocks: Sequence[float]) -> float:
    """Return the share by which the median of the last third is below the median of the first third."""
    third = len(clocks) // 3
    return 1 - median(clocks[-third:]) / median(clocks[:third])
