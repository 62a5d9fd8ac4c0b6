"""Searches for the highest rate against simulated servers; no clock, so each seed always gives the same."""

from __future__ import annotations

from statistics import fmean

import pytest

from benchmarks.open_loop_search import NEAR, Case, Found, search
from benchmarks.simulated_servers import Server, queueing, sharing


def found(case: Case) -> list[Found]:
    return [search(case, seed) for seed in range(40)]


def is_near(answer: Found) -> bool:
    return abs(answer.share - 1) <= NEAR


@pytest.mark.parametrize("server", [queueing, sharing])
def test_knees_are_near_the_capacity_where_sending_lasts_for_six_answers(server: Server) -> None:
    answers = found(Case(server, 64, 5, 30))
    assert fmean(is_near(answer) for answer in answers) >= 0.95
    assert not any(answer.suspect for answer in answers)


@pytest.mark.parametrize("server", [queueing, sharing])
def test_knees_are_suspect_where_sending_lasts_for_fewer_than_three_answers(server: Server) -> None:
    answers = found(Case(server, 64, 12, 30))
    assert fmean(is_near(answer) for answer in answers) >= 0.7
    assert fmean(answer.suspect for answer in answers) >= 0.9
