"""The machine's processor and memory, as the kernel names them."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil


def cpu_name() -> str:
    """Return the processor's model name, or the architecture if the kernel names no model."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def cpu_count() -> int:
    """Return how many processors this process may use, by its CPU affinity. That number affects figures."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes() -> int:
    """Return the size of the physical memory in bytes."""
    return int(psutil.virtual_memory().total)
