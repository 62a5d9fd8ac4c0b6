"""How near the search for the saturating load comes to a knee that is known: a stub with so many slots.

python -m benchmarks.saturation [--knees 20 37] [--runs 10]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks.config.saturation import Saturation
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.speed.point import measure_point
from tasks.measure.speed.point_figures import point_result
from tasks.measure.speed.trials import trial_of
from tasks.plan.search import Knee, Trial, advance
from tasks.serve.endpoint import Endpoint
from tests.stub.process import Stub, stub_server
from tests.stub.tokenizer import make_tokenizer

TTFT_S, ITL_S, TOKENS = 0.1, 0.06, 16
"""A second an answer: the moment for which a slot stands empty between two is little of it."""
NEAR = 0.05
HEAD = ("run", "answer", "between", "truth", "off", "points", "seconds")
SEARCH = Saturation(until="saturated", concurrency=4, max=80, requests_per_slot=4)
SWEEP = Sweep(name="saturation", input_tokens=32, output_tokens=TOKENS, load=SEARCH)


def searched(stub: Stub, folder: Path, tokenizer: Path, seed: int) -> Knee:
    """The search as a run does it, without the pipeline around it."""
    trials: list[Trial] = []
    while not isinstance(found := advance(SWEEP.name, SEARCH, trials), Knee):
        job = PointJob(
            sweep=SWEEP,
            load=SEARCH.load_at(found, ()),
            repeat=len(trials),
            attempt=1,
            run_name="saturation",
            endpoint=Endpoint(url=stub.url, model=stub.model, tokenizer=str(tokenizer)),
            folder=folder / str(len(trials)),
            seed=1000 * seed + len(trials),
        )
        measurement = measure_point(job, lambda: None, lambda done, total: None)
        trials.append(trial_of(point_result(job, measurement), ()))
    return found


def row(run: int, slots: int, folder: Path, tokenizer: Path) -> tuple[tuple[str, ...], float]:
    """A row of the table, and how far off the answer is, as a share of the truth."""
    began = time.monotonic()
    with stub_server(ttft=TTFT_S, itl=ITL_S, slots=slots, prompt_tokens=32) as stub:
        knee = searched(stub, folder / str(run), tokenizer, run)
    off = (knee.knee or 0.0) / slots - 1
    low, high = (f"{level:g}" if level else "–" for level in (knee.low, knee.high))
    took = f"{time.monotonic() - began:.0f}"
    answer = f"{knee.knee:g}" if knee.knee else "–"
    return (str(run), answer, f"{low} – {high}", str(slots), f"{off:+.1%}", str(knee.points), took), off


def main() -> None:
    """Print the table as Markdown, and how many answers are near the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--knees", type=int, nargs="+", default=[20, 37], help="taken in turn")
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    fork_server.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    near = 0
    with TemporaryDirectory(prefix="saturation-") as name:
        tokenizer = make_tokenizer(Path(name) / "tokenizer")
        for run, slots in enumerate(islice(cycle(given.knees), given.runs), 1):
            cells, off = row(run, slots, Path(name), tokenizer)
            print(f"| {' | '.join(cells)} |", flush=True)
            near += abs(off) <= NEAR + 1e-9  # 21 for 20 is near
    fork_server.shut_down()
    print(f"\n{near} of {given.runs} within {NEAR:.0%} of the truth", flush=True)


if __name__ == "__main__":
    main()
