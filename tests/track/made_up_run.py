"""A made-up run for the trackers' tests."""

from __future__ import annotations

from typing import Any

from tasks.track.tracked_run import TrackedRun
from tests.record import made_up


def made_up_run(**fields: Any) -> TrackedRun:
    """A run of three points in two sweeps, one of them without a success, and with scores.

    Args:
        fields: fields of TrackedRun that differ.
    """
    points = (
        made_up.recorded(made_up.point(concurrency=8, requests=40)),
        made_up.recorded(made_up.point(concurrency=1, requests=5)),
        made_up.recorded(made_up.point("chat", concurrency=8, failed=20)),
    )
    defaults = {"run_id": "run-1", "name": "made up", "points": points, "scores": made_up.accuracy().scores}
    return TrackedRun.model_validate(defaults | fields)
