"""The log as a file: one JSON line for each request, written at its end."""

from __future__ import annotations

import dataclasses
import json

from stub.request_log import LoggedRequest

LEFT_OUT = ("prompt",)
"""Fields that no line has. The digest tells whether prompts repeat."""


class LogFile:
    """A file that lines are added to. What it holds already stays."""

    def __init__(self, path: str) -> None:
        """Open the file. Raises OSError if it cannot be written."""
        self._file = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115

    def add(self, entry: LoggedRequest) -> None:
        """Add a line."""
        self._file.write(json.dumps(line_of(entry)) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def line_of(entry: LoggedRequest) -> dict[str, object]:
    """Return the fields of a line: those of the entry, and its figures in seconds."""
    fields = {name: value for name, value in dataclasses.asdict(entry).items() if name not in LEFT_OUT}
    has_tokens = entry.first_sent is not None
    return {
        **fields,
        "ttft_s": entry.ttft if has_tokens else None,
        "tpot_s": entry.itl if has_tokens and entry.tokens > 1 else None,
        "latency_s": entry.latency if has_tokens else None,
    }
