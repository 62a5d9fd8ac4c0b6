"""How near the search for the highest rate comes to the capacity of simulated servers.

python -m benchmarks.open_loop_search [--searches 100]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean, quantiles

from benchmarks.simulated_servers import Server, Work, answered, queueing, sharing
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.saturation import Saturation
from tasks.measure.speed.figures.open_loop_pace import answer_rate, pace
from tasks.plan.search import PLATEAU, THROUGHPUT, Knee, Trial, advance

NEAR = 0.1
"""The largest error, as a share of the capacity, that counts as near."""
HEAD = (
    "server", "slots", "an answer takes", "sent for", "lengths", "burstiness",
    "within 10 %", "2.5 – 97.5 % of the answers", "suspect", "points",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A server and the search against it.

    `takes`: seconds that an answer takes on an idle server. `seconds`: how long a level sends requests.
    `drawn`: whether what the answers take is drawn from an exponential distribution.
    """

    server: Server
    slots: int
    takes: float
    seconds: float
    drawn: bool = True
    burstiness: float = 1.0

    @property
    def capacity(self) -> float:
        """The requests per second that the server can answer."""
        return self.slots / self.takes

    @property
    def cells(self) -> tuple[str, ...]:
        """The case as the first cells of a row of the table."""
        return (
            self.server.__name__,
            str(self.slots),
            f"{self.takes:g} s",
            f"{self.seconds:g} s",
            "exponential" if self.drawn else "all equal",
            f"{self.burstiness:g}",
        )


CASES = (
    Case(queueing, 10, 2, 30),
    Case(queueing, 10, 2, 30, burstiness=0.5),
    Case(queueing, 64, 5, 30),
    Case(queueing, 64, 5, 30, drawn=False),
    Case(sharing, 64, 5, 30),
    Case(queueing, 64, 10, 30),
    Case(queueing, 64, 10, 60),
    Case(sharing, 256, 20, 60),
    Case(queueing, 64, 5, 120, burstiness=0.5),
    Case(sharing, 64, 5, 120),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a search: its knee as a share of the capacity, its points, and whether it is suspect."""

    share: float
    points: int
    suspect: bool


def search(case: Case, seed: int) -> Found:
    """Search for the highest rate, from about a quarter of the capacity to 3.2 times of it."""
    generator = random.Random(seed)
    start = case.capacity / 4 * generator.uniform(0.8, 1.25)
    saturation = Saturation(
        until="saturated",
        rate=start,
        max=3.2 * case.capacity,
        seconds=case.seconds,
        burstiness=case.burstiness,
    )
    trials: list[Trial] = []
    step = advance("sweep", saturation, trials)
    while not isinstance(step, Knee):
        trials.append(_measured(case, saturation, step, generator))
        step = advance("sweep", saturation, trials)
    beside = [trial for trial in trials if trial.level in (step.low, step.high)]
    suspect = not all(trial.pace_known for trial in beside)
    return Found((step.knee or 0.0) / case.capacity, step.points, suspect)


def _measured(case: Case, saturation: Saturation, level: float, generator: random.Random) -> Trial:
    """Measure a level as a run does."""
    load = saturation.load_at(level)
    assert isinstance(load, OpenLoop)
    requests = []
    for arrival in islice(load.arrivals(generator.getrandbits(32)), load.requests):
        takes = generator.expovariate(1 / case.takes) if case.drawn else case.takes
        requests.append(Work(arrival, takes))
    rows = answered(case.server, requests, case.slots)
    found = pace(rows)
    return Trial(
        level=level,
        margin=1.0 if found is None else 1 - (1 - found) / PLATEAU,
        limit=THROUGHPUT,
        throughput=answer_rate(rows) or level,
        pace_known=found is not None,
    )


def row(case: Case, found: Sequence[Found]) -> tuple[str, ...]:
    """Return the row of a case."""
    shares = [each.share for each in found]
    cuts = quantiles(shares, n=40, method="inclusive")
    near = fmean(abs(share - 1) <= NEAR for share in shares)
    return (
        *case.cells,
        f"{near:.0%}",
        f"{cuts[0]:.2f} – {cuts[-1]:.2f}",
        f"{fmean(each.suspect for each in found):.0%}",
        f"{fmean(each.points for each in found):.0f}",
    )


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=100)
    options = parser.parse_args()
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    for case in CASES:
        found = [search(case, seed) for seed in range(options.searches)]
        print(f"| {' | '.join(row(case, found))} |", flush=True)


if __name__ == "__main__":
    main()
