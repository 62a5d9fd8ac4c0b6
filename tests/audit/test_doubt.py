"""How many load points are doubtful, as the top of a report says it."""

from __future__ import annotations

import pytest

from tasks.audit.doubt import doubt_note, verdict_counts
from tasks.audit.verdict import Verdict

VALID, SUSPECT, INVALID = (
    Verdict(verdict="valid"),
    Verdict(verdict="suspect"),
    Verdict(verdict="invalid"),
)


def test_verdicts_are_counted_from_best_to_worst() -> None:
    assert list(verdict_counts([INVALID, SUSPECT, VALID, VALID]).items()) == [
        ("valid", 2),
        ("suspect", 1),
        ("invalid", 1),
    ]
    assert verdict_counts([]) == {}


@pytest.mark.parametrize(
    ("verdicts", "note"),
    [
        ([], None),
        ([VALID, VALID], None),
        ([SUSPECT], "The only load point is suspect: its figures are doubtful."),
        ([SUSPECT, SUSPECT], "All 2 load points are suspect: their figures are doubtful."),
        ([VALID, SUSPECT], "1 of 2 load points is suspect: its figures are doubtful."),
        (
            [SUSPECT, SUSPECT, INVALID],
            "2 of 3 load points are suspect: their figures are doubtful. "
            "1 of 3 load points is invalid: its figures must not be used.",
        ),
    ],
)
def test_the_note_says_how_many_points_are_doubtful(verdicts: list[Verdict], note: str | None) -> None:
    assert doubt_note(verdicts) == note
