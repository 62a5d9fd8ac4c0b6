"""What a command answers to wrong input: exit code, at most two lines, no traceback."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

Call = Callable[..., subprocess.CompletedProcess[str]]
"""Runs `servegauge` with arguments."""


def refused(done: subprocess.CompletedProcess[str], code: int, *expected: str) -> None:
    """Assert that a command failed with this exit code and these words in its message."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    for text in expected:
        assert text in done.stderr
