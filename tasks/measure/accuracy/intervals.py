"""The 95 % interval of a score, and the repeats that a difference needs to be seen. Pure.

The questions count as a sample of those that could have been asked. With one answer a question, right or
wrong: Wilson's interval (JASA 22, 1927). Otherwise answers to one question are not independent, so the spread
of the questions' means decides, the clustered standard error of Miller, "Adding Error Bars to Evals" (arXiv
2411.00640). The interval is Wilson's, for as many independent answers as would give that standard error, with
Student's t in place of the normal quantile. It stays within 0 and 1 and holds near them, where mean ± t·SE
covers too little. `python -m benchmarks.score_intervals` measures how often an interval holds the true score.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist, fmean, variance

from tasks.stats import Z, student_t

POWER_Z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
"""Standard errors between 0 and a difference that a 5 % test finds in 80 % of all cases."""


def interval(means: Sequence[float], answers: Sequence[int]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of per-question means, within 0 and 1.

    Args:
        means: for each question the mean score of its answers, 0 to 1.
        answers: for each question the number of its answers.
    """
    share, questions = fmean(means), len(means)
    judged_once = all(number == 1 for number in answers) and set(means) <= {0.0, 1.0}
    if judged_once or questions < 2:
        return wilson(share, questions)
    squared_error = variance(means) / questions
    independent = share * (1 - share) / squared_error if squared_error else float(questions)
    return wilson(share, min(max(independent, questions), sum(answers)), student_t(questions - 1))


def wilson(share: float, trials: float, z: float = Z) -> tuple[float, float]:
    """Return Wilson's interval of a share of successes in independent trials; 95 % for the default `z`."""
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z / scale * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, centre - half), min(1.0, centre + half)


def repeats_to_tell(difference: float, values: Sequence[Sequence[float]]) -> int | None:
    """Return how often each question must be answered in two runs, so that a difference of their means shows.

    A paired 5 % test over the same questions then finds it in 80 % of all cases. With one answer a question,
    how much answers to one question vary is unknown; the variance of all answers is an upper bound.
    None where all scores are equal, as of answers that are all wrong: they give no estimate of the variance.

    Args:
        difference: the difference of two means, such as 0.03.
        values: for each question the scores of its answers.
    """
    scores = [score for of_question in values for score in of_question]
    if len(set(scores)) == 1:
        return None
    repeated = [variance(of_question) for of_question in values if len(of_question) > 1]
    if repeated:
        within = fmean(repeated)
    else:
        share = fmean(scores)
        within = share * (1 - share)
    return max(1, ceil(2 * within * (POWER_Z / difference) ** 2 / len(values)))
