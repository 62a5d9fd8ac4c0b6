"""The steady state of a point, with windows computed by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.figures.steady_window import steady_window
from tasks.measure.speed.request_row import RequestRow
from tests.record import made_up


def row(index: int, sent_s: float, latency_s: float, think_s: float | None = None) -> RequestRow:
    """A request with 64 output tokens and a TTFT of 50 ms."""
    plain = made_up.request(index)
    changes = {
        "sent_at": made_up.START + timedelta(seconds=sent_s),
        "latency_s": latency_s,
        "think_s": think_s,
        "ttft_s": latency_s / 20,
    }
    return RequestRow(**{name: getattr(plain, name) for name in plain.__slots__} | changes)


def changed(plain: RequestRow, **changes: float | int) -> RequestRow:
    """The request with other fields."""
    return RequestRow(**{name: getattr(plain, name) for name in plain.__slots__} | changes)


# Two slots. The second sends its first request a second late; the first slot's last request ends at 5 s.
CLOSED = (row(0, 0, 2), row(1, 1, 2), row(2, 2, 1), row(3, 3, 2), row(4, 3, 3))


def window(rows: tuple[RequestRow, ...], slots: int) -> tuple[float, float] | None:
    """The window in seconds from the start of the point."""
    found = steady_window(rows, slots)
    if found is None:
        return None
    start, end = ((moment - made_up.START).total_seconds() for moment in (found.start, found.end))
    return start, end


def test_a_closed_loop_is_steady_while_all_slots_are_busy() -> None:
    assert window(CLOSED, 2) == (1, 5)


def test_a_short_gap_between_two_requests_of_a_slot_does_not_end_it() -> None:
    rows = (row(0, 0, 1.99), row(1, 0, 4), row(2, 2, 2), row(3, 4, 1))
    assert window(rows, 2) == (0, 4)


def test_slots_that_are_never_all_busy_have_no_steady_state() -> None:
    assert window(CLOSED, 3) is None
    assert window((), 2) is None


def test_an_open_loop_is_steady_around_its_median() -> None:
    # under way: 1 from 0 to 1, 2 from 1 to 6, 1 from 6 to 7
    rows = (row(0, 0, 3), row(1, 1, 3), row(2, 3, 3), row(3, 4, 3))
    assert window(rows, 0) == (1, 6)


def test_users_who_think_are_steady_around_their_median() -> None:
    rows = (row(0, 0, 1, 0.0), row(1, 2, 1, 1.0), row(2, 4, 1, 1.0), row(3, 4.5, 2, 1.0))
    assert window(rows, 4) == (0, 6.5)


# Requests wait for as much as their TTFT is above 0.05 s, the shortest. Served in the window: of the first
# one the second from 1 to 2 s, of 1.95 s; three wholly; of the last one, that waits 0.1 s, 1.9 s of 2.9 s.
SERVED = 1 / 1.95 + 3 + 1.9 / 2.9


def test_rates_are_of_what_is_served_in_the_window_and_times_of_what_is_sent_with_all_slots_busy() -> None:
    point = PointData(ClosedLoop(concurrency=2, requests=5), CLOSED, duration_s=6)
    figures = {name: BY_NAME[name].compute(point) for name in BY_NAME if name.startswith("steady_")}
    assert figures["steady_s"] == 4
    assert figures["steady_share"] == 0.2  # without the first two and the last two
    assert figures["steady_request_throughput"] == pytest.approx(SERVED / 4)
    assert figures["steady_output_token_throughput"] == pytest.approx(64 * SERVED / 4)
    assert figures["steady_ttft_mean_s"] == pytest.approx(0.05)
    assert figures["steady_ttft_p99_s"] is None  # too few
    assert BY_NAME["request_throughput"].compute(point) == pytest.approx(5 / 6)


def test_without_a_window_there_are_no_figures() -> None:
    point = PointData(ClosedLoop(concurrency=3, requests=5), CLOSED, duration_s=6)
    assert {BY_NAME[name].compute(point) for name in BY_NAME if name.startswith("steady_")} == {None}


def warm(index: int, sent_s: float, latency_s: float) -> RequestRow:
    """A warm-up request."""
    plain = row(index, sent_s, latency_s)
    return RequestRow(**{name: getattr(plain, name) for name in plain.__slots__} | {"warmup": True})


def test_the_window_begins_when_the_last_warm_up_request_has_ended() -> None:
    first = warm(9, -1, 2)
    assert window((first, *CLOSED), 2) == (1, 5)
    point = PointData(ClosedLoop(concurrency=2, requests=5), (first, *CLOSED), duration_s=6)
    assert BY_NAME["steady_share"].compute(point) == 0.4  # one of the first two was warm-up


def test_warm_up_does_not_lower_the_rates_of_the_steady_state() -> None:
    # Two slots, each busy from 0 to 6 s with requests of 1 s: two end each second. Four are warm-up.
    waves = [(second, slot) for second in range(6) for slot in range(2)]
    rows = tuple(
        warm(index, second, 1) if second < 2 else row(index, second, 1)
        for index, (second, _) in enumerate(waves)
    )
    assert window(rows, 2) == (2, 6)
    point = PointData(ClosedLoop(concurrency=2, requests=8), rows, duration_s=4)
    assert BY_NAME["steady_request_throughput"].compute(point) == 2
    assert BY_NAME["steady_share"].compute(point) == 6 / 8  # without the last wave
    assert BY_NAME["request_throughput"].compute(point) == 2


def test_warm_up_requests_that_never_end_in_time_leave_no_window() -> None:
    assert window((warm(9, 0, 20), *CLOSED), 2) is None


def test_slots_in_step_lose_no_request_at_the_end_of_the_window() -> None:
    # Four slots with five requests of 1 s each, the last of which end a millisecond apart: 4 a second.
    rows = tuple(
        row(index, second + slot / 1000, 1)
        for index, (second, slot) in enumerate((second, slot) for second in range(5) for slot in range(4))
    )
    assert window(rows, 4) == (0.003, 5)
    point = PointData(ClosedLoop(concurrency=4, requests=20), rows, duration_s=5.003)
    assert BY_NAME["steady_request_throughput"].compute(point) == pytest.approx(4, abs=0.002)
    assert BY_NAME["steady_share"].compute(point) == 12 / 20  # without the first and the last wave


def test_a_rate_is_unknown_where_an_answer_in_the_window_does_not_report_its_tokens() -> None:
    silent = tuple(
        RequestRow(**{name: getattr(each, name) for name in each.__slots__} | {"output_tokens": None})
        for each in CLOSED[-1:]
    )
    point = PointData(ClosedLoop(concurrency=2, requests=5), (*CLOSED[:-1], *silent), duration_s=6)
    assert BY_NAME["steady_output_token_throughput"].compute(point) is None
    assert BY_NAME["steady_request_throughput"].compute(point) == pytest.approx(SERVED / 4)


def test_what_waits_at_the_end_of_the_window_is_not_served_yet() -> None:
    # A server answers one request at a time, in 1 s each; four slots with three requests each: one a second.
    # The window ends at 9 s, when the last three requests have waited for 1, 2 and 3 of their 4 s.
    rows = tuple(
        changed(row(index, max(0, index - 3), min(index + 1, 4)), ttft_s=min(index + 1, 4) - 0.95)
        for index in range(12)
    )
    assert window(rows, 4) == (0, 9)
    point = PointData(ClosedLoop(concurrency=4, requests=12), rows, duration_s=12)
    assert BY_NAME["steady_request_throughput"].compute(point) == pytest.approx(1, abs=0.01)
    # The first wave finds no queue: 0.05, 1.05, 2.05 and 3.05 s. Later ones wait for three others.
    assert BY_NAME["steady_ttft_mean_s"].compute(point) == pytest.approx(3.05)


def test_answers_of_different_lengths_are_counted_by_their_tokens() -> None:
    # Two slots of one token a second. One has answers of 1 token until 10 s, the other one two of 8 tokens;
    # the second is cut by the window's end: 20 tokens in 10 s, of answers with 26 tokens in 12.
    short = tuple(changed(row(index, index, 1), ttft_s=0.05, output_tokens=1) for index in range(10))
    long = tuple(changed(row(10 + n, 8 * n, 8), ttft_s=0.05, output_tokens=8) for n in range(2))
    rows = (*short, *long)
    assert window(rows, 2) == (0, 10)
    point = PointData(ClosedLoop(concurrency=2, requests=12), rows, duration_s=16)
    assert BY_NAME["steady_output_token_throughput"].compute(point) == pytest.approx(2)
    assert BY_NAME["steady_request_throughput"].compute(point) == pytest.approx(2 / (26 / 12))


def test_the_times_of_users_who_think_are_of_what_is_sent_in_the_window() -> None:
    rows = (row(0, 0, 1, 0.0), row(1, 2, 1, 1.0), row(2, 4, 1, 1.0), row(3, 4.5, 2, 1.0), row(4, 9, 0.1, 1.0))
    point = PointData(ClosedLoop(concurrency=4, requests=5), rows, duration_s=10)
    share = BY_NAME["steady_share"].compute(point)
    start, end = window(rows, 4) or (0, 0)
    assert share == sum(start <= sent <= end for sent in (0, 2, 4, 4.5, 9)) / 5
