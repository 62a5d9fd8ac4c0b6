"""Helpers that build findings."""

from __future__ import annotations

from tasks.audit.finding import at_most, number_of


def test_a_value_at_its_limit_is_valid() -> None:
    assert at_most(1, 1, "suspect", "bad", "good").sentence == "good"
    above = at_most(1, 1.1, "suspect", "bad", "good")
    assert (above.verdict, above.sentence, above.value, above.limit) == ("suspect", "bad", 1.1, 1)


def test_nouns_follow_their_number() -> None:
    assert [number_of(count, "request") for count in (0, 1, 2.0)] == ["0 requests", "1 request", "2 requests"]
    assert number_of(2, "process", "processes") == "2 processes"
