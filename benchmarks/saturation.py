"""How near the search for the saturating load comes to a known knee: the number of slots of a stub.

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

from stub.process import Stub, stub_server
from stub.tokenizer import make_tokenizer
from tasks.config.saturation import Saturation
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.send_load import measure_point
from tasks.measure.speed.trials import trial_of
from tasks.plan.search import Knee, Trial, advance
from tasks.plan.search_requests import searched_load
from tasks.serve.endpoint import Endpoint

TTFT_S, ITL_S, TOKENS = 0.1, 0.06, 16
"""A response takes a second, so the time for which a slot is empty between two requests is a small share."""
NEAR = 0.05
"""The largest error, as a share, that counts as near."""
HEAD = ("run", "answer", "between", "truth", "off", "points", "seconds")
SEARCH = Saturation(until="saturated", concurrency=4, max=80, requests_per_slot=4)
SWEEP = Sweep(name="saturation", input_tokens=32, output_tokens=TOKENS, load=SEARCH)


def search(sweep: Sweep, stub: Stub, folder: Path, tokenizer: Path, seed: int) -> Knee:
    """Search for a sweep's knee as a run does, without the pipeline. `seed` makes the prompts differ."""
    return search_with_points(sweep, stub, folder, tokenizer, seed)[0]


def search_with_points(
    sweep: Sweep, stub: Stub, folder: Path, tokenizer: Path, seed: int
) -> tuple[Knee, list[PointResult]]:
    """Search for a sweep's knee; return also its points, in the order in which they were measured."""
    assert sweep.search is not None
    points, trials = list[PointResult](), list[Trial]()
    step = advance(sweep.name, sweep.search, trials)
    while not isinstance(step, Knee):
        job = PointJob(
            sweep=sweep,
            load=searched_load(sweep, step),
            repeat=len(trials),
            attempt=1,
            run_name=sweep.name,
            endpoint=Endpoint(url=stub.url, model=stub.model, tokenizer=str(tokenizer)),
            folder=folder / str(len(trials)),
            seed=1000 * seed + len(trials),
        )
        measurement = measure_point(job, lambda: None, lambda done, total: None)
        points.append(point_result(job, measurement))
        trials.append(trial_of(points[-1], sweep.objectives))
        step = advance(sweep.name, sweep.search, trials)
    return step, points


def search_once(run: int, slots: int, folder: Path, tokenizer: Path) -> tuple[tuple[str, ...], float]:
    """Search against a stub. Returns a row of the table, and the error as a share of the slots."""
    started = time.monotonic()
    with stub_server(ttft=TTFT_S, itl=ITL_S, slots=slots, prompt_tokens=32) as stub:
        knee = search(SWEEP, stub, folder / str(run), tokenizer, run)
    error = (knee.knee or 0.0) / slots - 1
    low, high = (f"{level:g}" if level else "–" for level in (knee.low, knee.high))
    seconds = f"{time.monotonic() - started:.0f}"
    answer = f"{knee.knee:g}" if knee.knee else "–"
    return (
        str(run),
        answer,
        f"{low} – {high}",
        str(slots),
        f"{error:+.1%}",
        str(knee.points),
        seconds,
    ), error


def main() -> None:
    """Print the table as Markdown, and how many answers are near the number of slots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--knees", type=int, nargs="+", default=[20, 37], help="slots of the stub, used in turn"
    )
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    fork_server.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    near = 0
    with TemporaryDirectory(prefix="saturation-") as name:
        tokenizer = make_tokenizer(Path(name) / "tokenizer")
        for run, slots in enumerate(islice(cycle(options.knees), options.runs), 1):
            cells, error = search_once(run, slots, Path(name), tokenizer)
            print(f"| {' | '.join(cells)} |", flush=True)
            near += abs(error) <= NEAR + 1e-9  # an answer of 21 for 20 slots is near
    fork_server.shut_down()
    print(f"\n{near} of {options.runs} within {NEAR:.0%} of the truth", flush=True)


if __name__ == "__main__":
    main()
