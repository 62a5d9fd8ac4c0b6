"""Figures of conversations by turn and by history, by hand, and read from the table requests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.record.store import Store
from tasks.record.write_run import record_point
from tasks.report.read_turns import read_turns
from tasks.report.turn_figures import Range, TurnFigures, TurnRequest, turn_figures
from tests.record import made_up


def request(turn: int, history: int | None = None, ttft_s: float | None = 0.1) -> TurnRequest:
    """A succeeded request whose prompt has 100 tokens more than its history, which was cached."""
    return TurnRequest(turn, history, (history or 0) + 100, history or 0, ttft_s, 0.01)


def by_turn(*requests: TurnRequest) -> list[TurnFigures]:
    """The figures by turn."""
    return [figures for figures in turn_figures("s", "c1", requests) if figures.turns]


def test_late_turns_are_taken_together() -> None:
    found = by_turn(*(request(turn) for turn in range(40, 0, -1)))
    spans = [*(Range(turn, turn) for turn in range(1, 9)), Range(9, 16), Range(17, 32), Range(33, 64)]
    assert [(figures.turns, figures.requests) for figures in found] == [
        (span, 1 if span.low <= 8 else 8 if span.low in (9, 33) else 16) for span in spans
    ]


def test_the_figures_of_a_turn() -> None:
    first, second = by_turn(
        request(1, ttft_s=0.2), request(2, 300, 0.1), request(2, 100, 0.4), request(2, 200, None)
    )
    assert (first.history_tokens, first.cached_share, first.ttft_p50_s) == (None, 0, None)
    assert (second.requests, second.history_tokens) == (3, 200)
    assert second.cached_share == pytest.approx(600 / 900)
    assert second.ttft_mean_s == pytest.approx(0.25)
    assert second.ttft_p50_s == pytest.approx(0.25)
    assert (second.ttft_p95_s, second.tpot_mean_s) == (None, 0.01)


def test_one_answer_without_its_cached_tokens_leaves_no_share() -> None:
    (only,) = by_turn(request(2, 300), request(2, 300)._replace(cached_tokens=None))
    assert only.cached_share is None


def test_requests_by_history_in_even_parts_begin_with_the_first_turns() -> None:
    requests = [request(1), *(request(2, 10 * number) for number in range(25, 0, -1)), request(3, None)]
    found = turn_figures("s", "c1", requests)
    parts = [(each.history_part, each.requests) for each in found if each.history_part]
    assert parts == [(Range(0, 0), 1), (Range(10, 120), 12), (Range(130, 250), 13)]
    many = turn_figures("s", "c1", [request(2, number) for number in range(1, 201)])
    assert [each.requests for each in many if each.history_part] == [25] * 8


def test_the_band_of_ttft_takes_ten_requests() -> None:
    ten = [request(1, ttft_s=float(number)) for number in range(11)]
    (figures,) = by_turn(*ten)
    assert (figures.ttft_low_s, figures.ttft_p50_s, figures.ttft_high_s) == (1, 5, 9)
    (few,) = by_turn(*ten[:9])
    assert (few.ttft_low_s, few.ttft_high_s) == (None, None)


def test_histories_have_ranges_that_double() -> None:
    requests = [request(2, tokens) for tokens in (1, 255, 256, 511, 512, 1023, 1024)]
    found = turn_figures("s", "c1", [request(1), *requests, request(3, None)])
    assert [(figures.history, figures.requests) for figures in found if figures.history] == [
        (Range(1, 255), 2),
        (Range(256, 511), 2),
        (Range(512, 1023), 2),
        (Range(1024, 2047), 1),
    ]


def test_only_turns_that_succeeded_are_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    turns = [
        replace(made_up.request(index), conversation=0, turn=index + 1, history_tokens=index * 100 or None)
        for index in range(3)
    ]
    rows = [*turns[:2], replace(turns[2], succeeded=False, error="HTTP 500")]
    point = made_up.recorded(made_up.point(requests=3))
    record_point(store, "run-1", point, rows)
    found = [figures for figures in read_turns(store, [point]) if figures.turns]
    assert [(each.sweep, each.load_label, each.turns, each.history_tokens) for each in found] == [
        ("throughput", "c4", Range(1, 1), None),
        ("throughput", "c4", Range(2, 2), 100),
    ]


def test_requests_without_turns_have_no_figures(tmp_path: Path) -> None:
    store, point = Store(tmp_path), made_up.recorded(made_up.point(requests=1))
    record_point(store, "run-1", point, [made_up.request()])
    assert read_turns(store, [point]) == ()
    assert read_turns(store, []) == ()
