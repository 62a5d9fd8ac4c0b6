"""Losses among many figures: equal servers are hardly ever called worse, and slower ones are."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.report.comparison.change import is_worse, speed_change
from tasks.report.comparison.sure_losses import FALSE_ALARMS, greatest_counting_p

LOADS, FIGURES, REPEATS, NOISE = 10, 6, 3, 0.03


def test_a_loss_counts_by_its_rank_among_all_figures() -> None:
    # Of ten figures, the limits are 0.01, 0.02, 0.03, …
    assert greatest_counting_p([0.04, 0.009], 10) == 0.009
    assert greatest_counting_p([0.04, 0.019, 0.009, 0.038], 10) == 0.04  # the fourth one counts, so all do
    assert greatest_counting_p([0.011, 0.04], 10) == 0.0
    assert greatest_counting_p([], 0) == 0.0


def alarms(random: np.random.Generator, slower: float, loads: int) -> tuple[bool, bool]:
    """Whether a gate of 5 % fails a run: as each figure is judged by itself, and among all figures.

    Six figures of each load, as times; those of one load have part of their noise in common. `loads` of the
    second run are slower by so much.
    """
    losses = []
    for load in range(LOADS):
        shared = random.standard_normal((2, REPEATS))
        for _ in range(FIGURES):
            noise = np.sqrt(0.6) * shared + np.sqrt(0.4) * random.standard_normal((2, REPEATS))
            base, new = 1 + NOISE * noise
            change = speed_change(base.tolist(), (new * (1 + slower * (load < loads))).tolist())
            assert change is not None
            assert change.p_value is not None
            losses.append((change, change.p_value))
    limit = greatest_counting_p([p for change, p in losses if change.difference > 0], len(losses))
    alone = any(is_worse(change, change.difference, 5, greatest_p=1) for change, _ in losses)
    return alone, any(is_worse(change, change.difference, 5, limit) for change, _ in losses)


@pytest.mark.parametrize(("slower", "loads", "least", "most"), [(0, 0, 0, FALSE_ALARMS), (0.2, 1, 0.9, 1)])
def test_equal_servers_raise_few_alarms_and_slower_ones_many(
    slower: float, loads: int, least: float, most: float
) -> None:
    random = np.random.default_rng(1)
    runs = [alarms(random, slower, loads) for _ in range(150)]
    assert least <= sum(among_all for _, among_all in runs) / len(runs) <= most
    assert sum(alone for alone, _ in runs) / len(runs) > 0.2  # without the others, chance is seen as a loss
