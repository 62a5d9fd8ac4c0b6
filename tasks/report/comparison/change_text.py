"""The text of a change, for tables and for the messages of a failed gate."""

from __future__ import annotations

from tasks.report.comparison.change import Change


def percent_text(change: Change) -> str:
    """Return the change of a speed figure, such as `+10.0 ± 2.3 %`; `≈` marks noise."""
    interval = "" if change.half_width is None else f" ± {100 * change.half_width:.1f}"
    return f"{100 * change.difference:+.1f}{interval} %{_noise_mark(change)}"


def points_text(change: Change) -> str:
    """Return the change of a score, such as `-0.300 ± 0.346 ≈`."""
    interval = "" if change.half_width is None else f" ± {change.half_width:.3f}"
    return f"{change.difference:+.3f}{interval}{_noise_mark(change)}"


def _noise_mark(change: Change) -> str:
    return " ≈" if change.is_noise else ""
