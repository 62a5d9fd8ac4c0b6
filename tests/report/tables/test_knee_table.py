"""The table of the knees."""

from __future__ import annotations

import pytest

from tasks.report.page.chinese import in_chinese
from tasks.report.tables.knee_table import knee_table
from tests.record import made_up
from tests.report.made_up import report


def test_a_knee_is_beside_the_loads_next_to_it() -> None:
    table = knee_table(report())
    assert table is not None
    assert table.rows == (
        ("throughput", "concurrency", "19", "19 – 20", "success >= 1", "23"),
        ("one-load", "concurrency", "–", "– – 20", "success >= 1", "23"),
    )
    assert knee_table(report(knees=())) is None


@pytest.mark.parametrize(
    ("load", "reason", "note"),
    [
        ("concurrency", "throughput", "the knee is the upper end of Between: it held"),
        (
            "rate",
            "throughput",
            "the knee is the lower end of Between: at the upper end the server falls behind",
        ),
        ("rate", "ttft_p95_s <= 0.5", "the knee is the lower end of Between: the upper end did not hold"),
        (
            "concurrency",
            "invalid figures",
            "the knee is the lower end of Between: the upper end did not hold",
        ),
        ("concurrency", "highest level", "no load up to the highest allowed reached the limit"),
    ],
)
def test_the_note_fits_the_way_in_which_the_search_ended(load: str, reason: str, note: str) -> None:
    knee = made_up.knee().model_copy(update={"load": load, "reason": reason})
    table = knee_table(report(knees=(knee,)))
    assert table is not None
    first, second = table.footnotes
    assert "Between: the highest load below the limit, the lowest that reached it" in first
    assert note in second
    assert None not in (in_chinese(first), in_chinese(second))


def test_searches_that_ended_otherwise_have_a_note_each() -> None:
    other = made_up.knee("other").model_copy(update={"knee": 20, "reason": "throughput"})
    table = knee_table(report(knees=(made_up.knee(), other, made_up.knee("same"))))
    assert table is not None
    assert len(table.footnotes) == 3
