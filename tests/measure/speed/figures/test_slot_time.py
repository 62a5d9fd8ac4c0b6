"""The time for which requests hold their slots, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.measure.speed.figures.slot_time import mean_slot_time_s
from tasks.measure.speed.request_row import RequestRow
from tests.record import made_up


def sent(at_s: float, latency_s: float, conversation: int | None = None, think_s: float = 0.0) -> RequestRow:
    """A request that was sent at once when it was due."""
    fields: dict[str, Any] = {
        "latency_s": latency_s,
        "client_delay_s": 0.0,
        "sent_at": made_up.START + timedelta(seconds=at_s),
    }
    place: dict[str, Any] = {} if conversation is None else {"conversation": conversation, "think_s": think_s}
    return replace(made_up.request(), **fields, **place)


def test_the_first_and_the_last_slots_are_left_out() -> None:
    rows = [sent(0, 9), sent(1, 9), sent(2, 3), sent(3, 4), sent(4, 9), sent(5, 9)]
    assert mean_slot_time_s(rows, 2) == pytest.approx(3.5)
    assert mean_slot_time_s(rows[:5], 2) is None


def test_turns_count_until_a_user_has_no_further_conversation() -> None:
    # Two users, three conversations: 0 ends at 6, then 2 begins; 1 ends at 7, and its user leaves.
    first, second = [sent(0, 2, 0), sent(3, 3, 0, 1.0)], [sent(0, 3, 1), sent(4, 3, 1, 1.0)]
    third = [sent(6, 5, 2), sent(12, 1, 2, 1.0)]
    rows = [*first, *second, *third]
    # Without the first two, and without the turn sent at 12: latencies 3, 3, 5; think times of all 0 or 1.
    assert mean_slot_time_s(rows, 2) == pytest.approx(11 / 3 + 0.5)


def test_think_times_do_not_depend_on_the_turns_that_are_left_out() -> None:
    rows = [sent(turn * 2.0, 1, conversation=0, think_s=float(turn > 0)) for turn in range(4)]
    assert mean_slot_time_s(rows, 1) == pytest.approx(1 + 0.75)


def test_fewer_conversations_than_slots_hold_no_slot_time() -> None:
    # Two users would be four slots' half: slots / slot time would be twice what the server sustained.
    rows = [sent(turn * 2.0, 1, conversation=user) for turn in range(4) for user in range(2)]
    assert mean_slot_time_s(rows, 2) == pytest.approx(1)
    assert mean_slot_time_s(rows, 4) is None
