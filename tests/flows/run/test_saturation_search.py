"""The doubts about a knee."""

from __future__ import annotations

from flows.run.saturation_search import _doubts
from tasks.audit.verdict import Verdict
from tasks.record.results import RecordedPoint
from tests.record import made_up


def suspect(level: int, *reasons: str) -> RecordedPoint:
    """A suspect point at a level."""
    verdict = Verdict(verdict="suspect", reasons=reasons)
    return made_up.recorded(made_up.point(concurrency=level), verdict=verdict)


def test_only_the_points_beside_the_knee_cast_doubt_on_it() -> None:
    knee = made_up.knee()
    assert (knee.low, knee.high) == (19, 20)
    points = [suspect(8, "far"), suspect(19, "drift", "noise"), suspect(20, "drift"), suspect(32, "far")]
    assert _doubts(knee, points) == ("drift", "noise")
    assert _doubts(knee, [made_up.recorded(made_up.point(concurrency=19))]) == ()
