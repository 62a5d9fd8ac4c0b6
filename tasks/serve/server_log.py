"""Reads the durations of the phases of a server's start from its log."""

from __future__ import annotations

import re

STARTUP_PATTERNS = {
    "load": (r"Model loading took .*? ([\d.]+) seconds", r"Loading weights took ([\d.]+) seconds"),
    "compile": (r"torch\.compile (?:takes|took) ([\d.]+) s in total",),
    "engine": (r"init engine \(profile, create kv cache, warmup model\) took ([\d.]+) s",),
}
"""The log lines of several vLLM versions, by phase; the first pattern that matches is used."""


def startup_times(log_text: str) -> dict[str, float]:
    """Return seconds by phase: `load` (weights), `compile`, `warmup` (engine start without `compile`).

    A phase that the log does not mention is left out.
    """
    times: dict[str, float] = {}
    for phase, patterns in STARTUP_PATTERNS.items():
        for pattern in patterns:
            matches = re.findall(pattern, log_text)
            if matches:
                # Each worker writes a line, and the engine waits for the slowest one.
                times[phase] = max(float(seconds) for seconds in matches)
                break
    if "engine" in times:
        engine_s = times.pop("engine")
        times["warmup"] = round(max(0.0, engine_s - times.get("compile", 0.0)), 3)
    return times
