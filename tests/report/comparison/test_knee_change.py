"""The change between two knees: whether their brackets are apart, and what one side alone bounds."""

from __future__ import annotations

from statistics import fmean

import pytest

from tasks.plan.search import HIGHEST, THROUGHPUT, Knee
from tasks.report.comparison.knee_change import between_text, knee_change, level_words
from tests.plan.test_search import closed, found, search, shaky


def knee(level: float | None, low: float | None, high: float | None, reason: str = THROUGHPUT) -> Knee:
    """The answer of a search over concurrencies."""
    return Knee(sweep="s", load="concurrency", knee=level, low=low, high=high, reason=reason, points=9)


TWENTY = knee(20, 19, 20)
HIGHEST_64, HIGHEST_256 = knee(64, 64, None, HIGHEST), knee(256, 256, None, HIGHEST)
AT_ONCE = knee(4, None, 4)
NOTHING = knee(None, None, 1, "success >= 1")


@pytest.mark.parametrize(
    ("base", "new", "text"),
    [
        (TWENTY, knee(24, 23, 24), "+20.0 % better"),
        (TWENTY, knee(16, 15, 16), "-20.0 % worse"),
        (TWENTY, TWENTY, "+0.0 % open"),
        (TWENTY, knee(21, 20, 21), "+5.0 % open"),  # they touch at 20
        (TWENTY, knee(19, 18, 19), "-5.0 % open"),
        (TWENTY, knee(22, 18, 22), "+10.0 % open"),
        (TWENTY, knee(18.5, 18.5, 18.9), "-7.5 % worse"),
        (HIGHEST_64, TWENTY, "≤ -68.8 % worse"),
        (TWENTY, HIGHEST_64, "≥ +220.0 % better"),
        (HIGHEST_64, knee(80, 79, 80), "≤ +25.0 % open"),
        (HIGHEST_64, knee(64, 63, 64), "≤ +0.0 % open"),
        (HIGHEST_64, HIGHEST_256, "open"),
        (TWENTY, AT_ONCE, "≤ -80.0 % worse"),
        (AT_ONCE, TWENTY, "≥ +400.0 % better"),
        (AT_ONCE, knee(2, 1, 2), "≥ -50.0 % open"),
        (TWENTY, NOTHING, "≤ -95.0 % worse"),
        (NOTHING, TWENTY, "≥ +1900.0 % better"),
        (NOTHING, AT_ONCE, "open"),
        (HIGHEST_64, NOTHING, "≤ -98.4 % worse"),
    ],
)
def test_a_change_is_decided_where_the_brackets_are_apart(base: Knee, new: Knee, text: str) -> None:
    assert knee_change(base, new).text == text


@pytest.mark.parametrize(
    ("answer", "words", "between"),
    [
        (TWENTY, "20", "19 – 20"),
        (knee(12.5, 12.5, 13.126), "12.5", "12.5 – 13.13"),
        (HIGHEST_64, "at least 64", "–"),
        (AT_ONCE, "at most 4", "–"),
        (NOTHING, "below 1", "–"),
    ],
)
def test_a_knee_that_is_bounded_on_one_side_is_said_in_words(answer: Knee, words: str, between: str) -> None:
    assert (level_words(answer), between_text(answer)) == (words, between)


def test_searches_of_equal_servers_seldom_differ() -> None:
    """Every tenth measurement is up to three times as slow. Many brackets touch, and these decide nothing."""
    answers = [found(closed(37, noise=shaky(seed)), search())[0] for seed in range(100)]
    changes = [knee_change(base, new) for base in answers for new in answers if base is not new]
    assert fmean(change.verdict != "open" for change in changes) < 0.15
    apart = [change for change in changes if change.difference]
    assert fmean(change.verdict == "open" for change in apart) > 0.5
