"""The doubts about a knee, and the line that a search ends with."""

from __future__ import annotations

from flows.run.saturation_search import _doubts, _sentence
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


def test_an_open_loop_whose_pace_is_not_known_makes_the_knee_doubtful() -> None:
    knee = made_up.knee().model_copy(update={"load": "rate", "low": 5.0, "high": 6.0})

    def recorded(rate: float, pace: float | None) -> RecordedPoint:
        return made_up.recorded(made_up.open_point(made_up.point(), rate).with_figures({"pace": pace}))

    assert _doubts(knee, [recorded(5, 1.0), recorded(6, 0.8), recorded(9, None)]) == ()
    assert _doubts(knee, [recorded(5, 1.0), recorded(6, None)]) == (
        "answers take more than a third of the time in which requests are sent: "
        "give the search more `seconds`",
    )


def test_a_search_that_ended_at_its_highest_level_claims_no_saturation() -> None:
    knee = made_up.knee()
    assert _sentence(knee).startswith("is saturated at concurrency ")
    highest = knee.model_copy(update={"knee": 64, "low": 64, "high": None, "points": 7})
    assert _sentence(highest) == "is not saturated at concurrency 64, the highest level allowed (7 points)"
    none = knee.model_copy(update={"knee": None, "low": None, "reason": "ttft_p95_s <= 0.5", "points": 1})
    assert _sentence(none) == "does not hold at any load, limited by ttft_p95_s <= 0.5 (1 point)"


def test_the_line_of_a_doubtful_knee_says_so() -> None:
    knee = made_up.knee().model_copy(update={"doubts": ("drift",)})
    assert _sentence(knee).endswith("(23 points; suspect)")
