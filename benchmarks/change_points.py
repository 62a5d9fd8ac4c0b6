"""How often the change points of a trend are false, and how often a slowdown is found; in simulated series.

python -m benchmarks.change_points [--series 1000] [--seed 1]

A series has so many runs of three repeats. The figure varies from run to run (`between`) and from repeat to
repeat (`within`), normally, in per cent of it. A slowdown of 10 % begins so many runs before the end. It is
found if a change is at most one run from where it began.
"""

from __future__ import annotations

import argparse

import numpy as np

from tasks.report.trend.change_points import change_points

REPEATS, SLOWDOWN, RUNS = 3, 0.10, (12, 20, 50)
NOISE = ((0.005, 0.01), (0.01, 0.02), (0.02, 0.03), (0.03, 0.05))
"""Between runs, and within a run."""


def series(
    random: np.random.Generator, runs: int, between: float, within: float, slow: int = 0
) -> list[float]:
    """Return the means of simulated runs, the last `slow` of them slower."""
    levels = 1 + between * random.standard_normal(runs)
    if slow:
        levels[-slow:] *= 1 + SLOWDOWN
    repeats = levels[:, np.newaxis] * (1 + within * random.standard_normal((runs, REPEATS)))
    means: list[float] = repeats.mean(axis=1).tolist()
    return means


def is_found(values: list[float], began: int) -> bool:
    """Return whether a change is where the slowdown began, or one run from there."""
    return any(abs(change.position - began) <= 1 for change in change_points(values))


def main() -> None:
    """Print a row for each length and noise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    slow_runs = " | ".join(f"found, {words} slow" for words in ("half", "last 4", "last 3", "last 2"))
    print(f"| runs | noise between, within | false alarms | {slow_runs} |\n|---|---|---|---|---|---|---|")
    for runs in RUNS:
        for between, within in NOISE:
            random = np.random.default_rng(options.seed)
            count = range(options.series)
            alarms = sum(bool(change_points(series(random, runs, between, within))) for _ in count)
            cells = [f"{100 * alarms / options.series:.1f} %"]
            for slow in (runs // 2, 4, 3, 2):
                found = [is_found(series(random, runs, between, within, slow), runs - slow) for _ in count]
                cells.append(f"{100 * sum(found) / options.series:.1f} %")
            print(f"| {runs} | {100 * between:g} %, {100 * within:g} % | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
