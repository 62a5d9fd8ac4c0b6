"""From answers to scores with their 95 % intervals; pure.

One repeat: Wilson's score interval (Wilson, JASA 22, 1927), right for few questions and shares near 0 and 1.
Repeats of a question are not independent, so with repeats each question counts once, by its mean, and the
interval is Student's t over those means: the clustered standard error of Miller, "Adding Error Bars to Evals"
(arXiv 2411.00640), for clusters of equal size. Where all means are equal that error is 0 and says nothing;
then Wilson's interval over the questions is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

from tasks.measure.results import SampleRow, Score
from tasks.stats import Z, student_t

METRIC = "AveragePass@1"
OVERALL = "OVERALL"


def wilson(value: float, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share seen in `trials` independent trials."""
    scale = 1 + Z * Z / trials
    centre = (value + Z * Z / (2 * trials)) / scale
    half = Z / scale * sqrt(value * (1 - value) / trials + Z * Z / (4 * trials * trials))
    return max(0.0, centre - half), min(1.0, centre + half)


def interval(means: Sequence[float], repeats: int) -> tuple[float, float]:
    """The 95 % interval of the mean of per-question means, within 0 and 1."""
    value, questions = fmean(means), len(means)
    spread = stdev(means) if questions > 1 else 0.0
    if repeats == 1 or spread == 0:
        return wilson(value, questions)
    half = student_t(questions - 1) * spread / sqrt(questions)
    return max(0.0, value - half), min(1.0, value + half)


def score_rows(dataset: str, rows: Sequence[SampleRow]) -> tuple[Score, ...]:
    """A score for each subset in the questions' order, then OVERALL. A failed sample counts as wrong."""
    subsets = tuple(dict.fromkeys(row.subset for row in sorted(rows, key=lambda row: row.question)))
    parts = [(name, [row for row in rows if row.subset == name]) for name in subsets]
    return tuple(_score(dataset, name, part) for name, part in [*parts, (OVERALL, list(rows))] if part)


def _score(dataset: str, subset: str, rows: Sequence[SampleRow]) -> Score:
    verdicts: dict[int, list[bool]] = {}
    for row in rows:
        verdicts.setdefault(row.question, []).append(row.correct)
    means = [fmean(answers) for answers in verdicts.values()]
    repeats = max(len(answers) for answers in verdicts.values())
    low, high = interval(means, repeats)
    return Score(
        dataset=dataset,
        subset=subset,
        metric=METRIC,
        questions=len(means),
        repeats=repeats,
        value=fmean(means),
        ci_low=low,
        ci_high=high,
        failed=sum(row.error is not None for row in rows),
        truncated=sum(row.finish_reason == "length" for row in rows),
    )
