"""The energy and the price of a right answer. Pure."""

from __future__ import annotations

from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.cost import HOUR_S


def with_price(score: Score, price_per_hour: float | None) -> Score:
    """Return a score with its figures for each right answer; None where there is no right answer."""
    costs: dict[str, float | None] = {"energy_per_correct_j": None, "cost_per_correct": None}
    if score.correct and score.energy_j is not None:
        costs["energy_per_correct_j"] = score.energy_j / score.correct
    if score.correct and score.busy_s is not None and price_per_hour is not None:
        costs["cost_per_correct"] = price_per_hour / HOUR_S * score.busy_s / score.correct
    return score.model_copy(update=costs)
