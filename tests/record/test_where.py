"""Conditions on rows: every operator and type, empty cells, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tasks.errors import InputError
from tasks.record.where import conditions_of

FRAME = pl.DataFrame(
    {
        "row": [1, 2, 3],
        "concurrency": [1, 10, None],
        "rate": [None, 2.5, 20.0],
        "verdict": ["valid", "suspect", None],
        "reused": [True, False, None],
        "time": [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)],
        "reasons": [[], ["late"], None],
    }
)


@pytest.mark.parametrize(
    ("conditions", "rows"),
    [
        (["concurrency>=10"], [2]),
        (["concurrency > 10"], []),
        (["concurrency<10"], [1]),
        (["concurrency<=10"], [1, 2]),
        (["concurrency=10"], [2]),
        (["concurrency==10.0"], [2]),
        (["concurrency!=10"], [1, 3]),
        (["concurrency=10.5"], []),
        (["rate>2"], [2, 3]),
        (["verdict=valid"], [1]),
        (["verdict!=valid"], [2, 3]),
        (["verdict=null"], [3]),
        (["verdict!=null"], [1, 2]),
        (["verdict="], []),
        (["reused=true"], [1]),
        (["reused=False"], [2]),
        (["time>2026-11-01"], [2, 3]),
        (["time<=2026-11-02T01:00+01:00"], [1, 2]),
        (["reasons=null"], [3]),
        (["verdict!=null", "concurrency>1"], [2]),
        ([], [1, 2, 3]),
    ],
)
def test_rows_that_match(conditions: list[str], rows: list[int]) -> None:
    assert FRAME.filter(*conditions_of(tuple(conditions), FRAME.schema))["row"].to_list() == rows


@pytest.mark.parametrize(
    ("condition", "what", "remedy"),
    [
        ("verdit=valid", "no column is called 'verdit'", "did you mean verdict?"),
        ("zzz=1", "no column is called 'zzz'", "there are: row, concurrency, rate"),
        ("concurrency", "'concurrency' is not a condition", "concurrency>=10"),
        ("concurrency=>10", "'>10' does not fit the column", "give a number"),
        ("concurrency=many", "'many' does not fit the column", "give a number"),
        ("reused=yes", "'yes' does not fit the column", "true or false"),
        ("time>yesterday", "'yesterday' does not fit the column", "2026-11-24"),
        ("reused>true", "true has no order", "= or !="),
        ("rate>null", "null has no order", "= or !="),
        ("reasons=late", "the column holds lists", "null"),
    ],
)
def test_what_is_refused(condition: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        conditions_of((condition,), FRAME.schema)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
