"""What a server's log says: its last lines, and where the time of a start went."""

from __future__ import annotations

import re
from pathlib import Path

READ_LIMIT_BYTES = 512 * 1024


def tail(path: Path, lines: int = 20, start: int = 0) -> str:
    """The last `lines` lines after byte `start`; empty when there is no such file."""
    return "\n".join(read(path, start).splitlines()[-lines:])


def read(path: Path, start: int = 0) -> str:
    """The text after byte `start`, at most its last half megabyte; empty when there is no such file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - READ_LIMIT_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


STARTUP = {
    "load": (r"Model loading took .*? ([\d.]+) seconds", r"Loading weights took ([\d.]+) seconds"),
    "compile": (r"torch\.compile (?:takes|took) ([\d.]+) s in total",),
    "engine": (r"init engine \(profile, create kv cache, warmup model\) took ([\d.]+) s",),
}
"""Lines that vLLM writes, by version; of several the longest counts, as the slowest worker is waited for."""


def startup_times(log_text: str) -> dict[str, float]:
    """Seconds of a start, as the log tells: `load` (weights), `compile`, `warmup` (the engine's rest).

    What a version or another engine does not tell is left out.
    """
    found = {}
    for name, patterns in STARTUP.items():
        for pattern in patterns:
            if seconds := re.findall(pattern, log_text):
                found[name] = max(map(float, seconds))
                break
    if (engine := found.pop("engine", None)) is not None:
        found["warmup"] = round(max(0.0, engine - found.get("compile", 0.0)), 3)
    return found
