"""The number of other requests under way: how it is counted, watched and judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.measure.accuracy.load_held import LoadHeld, load_held
from tasks.measure.accuracy.under_way import Counter, LoadWatch, Others, create_counter
from tests.measure.accuracy.made_up import sample


@pytest.fixture
def counters(tmp_path: Path) -> list[Path]:
    """The files of two load processes."""
    paths = [tmp_path / "one" / "under-way", tmp_path / "two" / "under-way"]
    for path in paths:
        create_counter(path)
    return paths


def test_an_answer_has_the_sum_of_all_processes(counters: list[Path]) -> None:
    one, two = map(Counter, counters)
    one.add(3)
    two.add(4)
    watch = LoadWatch(counters)  # not entered: only the begin and the end of an answer are read
    with watch.answer() as others:
        two.add(-2)
    assert (others.mean, others.least, others.readings) == (6.0, 5, 2)


def test_the_number_is_read_while_an_answer_is_awaited(counters: list[Path]) -> None:
    Counter(counters[0]).add(7)
    with LoadWatch(counters) as watch, watch.answer() as others:
        while others.readings < 5:
            pass
    assert (others.mean, others.least) == (7.0, 7)


def test_without_load_nothing_is_read() -> None:
    with LoadWatch(()) as watch, watch.answer() as others:
        pass
    assert others == Others()
    assert load_held(None, [sample(0, True)]) == LoadHeld()


def test_answers_with_less_load_are_counted() -> None:
    rows = [
        sample(0, True, others_mean=50.0, others_min=48),
        sample(0, True, others_mean=47.5, others_min=44),
        sample(0, True, others_mean=47.4, others_min=40),
        sample(0, True),
        sample(0, True, error="HTTP 500"),
    ]
    held = load_held(50, rows)
    assert (held.under_load, held.others_min, held.less_load) == (50, 40, 2)
    assert held.others_mean == pytest.approx((50 + 47.5 + 47.4) / 3)
