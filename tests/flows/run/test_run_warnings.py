"""Warnings of a run are kept in their order."""

from __future__ import annotations

from flows.run.run_warnings import RunWarnings


def test_warnings_are_kept_in_their_order() -> None:
    warnings = RunWarnings()
    warnings.add("plan", "first")
    warnings.add("serve", "second")
    assert warnings.texts == ("first", "second")
