"""Openings and files of prompts."""

from __future__ import annotations

from tasks.measure.speed.prompts import questions_path, unique_opening


def test_random_prompts_have_no_file() -> None:
    assert questions_path("random") is None


def test_openings_differ_between_prompts_and_seeds() -> None:
    openings = set()
    for seed in range(20):
        openings |= {unique_opening(seed, index) for index in range(100)}
    assert len(openings) == 2000
