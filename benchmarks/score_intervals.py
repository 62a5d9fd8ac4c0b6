"""How often the 95 % interval of a score holds the true score: `python -m benchmarks.score_intervals`.

Each line simulates evaluations of a model whose chance to answer a question follows a beta distribution. The
questions of an evaluation are drawn from it anew, so the true score is its mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tasks.measure.accuracy.intervals import interval

EVALUATIONS = 4000
SEED = 1


class Case(NamedTuple):
    """A set of questions, the answers to each, and the beta distribution of the chances to be right."""

    questions: int
    repeats: int
    alpha: float
    beta: float

    @property
    def true_score(self) -> float:
        """The mean of the distribution."""
        return self.alpha / (self.alpha + self.beta)


def cases() -> Iterator[Case]:
    """Yield small and large sets, few and many repeats, questions alike and unlike."""
    for questions in (30, 100, 500):
        for repeats in (1, 4, 8):
            for alpha, beta in ((8, 2), (0.8, 0.2), (2, 2), (0.4, 0.4), (4.5, 0.5)):
                yield Case(questions, repeats, alpha, beta)


def coverage(case: Case, evaluations: int, random: Random) -> float:
    """Return the share of simulated evaluations whose interval holds the true score."""
    held = 0
    for _ in range(evaluations):
        low, high = interval(_means(case, random), [case.repeats] * case.questions)
        held += low <= case.true_score <= high
    return held / evaluations


def _means(case: Case, random: Random) -> list[float]:
    means = []
    for _ in range(case.questions):
        chance = random.betavariate(case.alpha, case.beta)
        means.append(sum(random.random() < chance for _ in range(case.repeats)) / case.repeats)
    return means


def main() -> None:
    """Print a table row for each case."""
    random = Random(SEED)
    print("| questions | repeats | chances | true score | interval holds it |\n|---|---|---|---|---|")
    for case in cases():
        share = coverage(case, EVALUATIONS, random)
        chances = f"beta({case.alpha:g}, {case.beta:g})"
        print(f"| {case.questions} | {case.repeats} | {chances} | {case.true_score:.2f} | {share:.1%} |")


if __name__ == "__main__":
    main()
