"""Odd answers at random: each has its row, none raises, and the quick way hears what the JSON parser does.

python -m benchmarks.odd_streams [--streams 100000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from stub.manners.manner import TOKENS
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.serve.endpoint import Endpoint
from tests.measure.speed.response.odd_rows import problems
from tests.measure.speed.response.odd_streams import odd_requests


def job_in(folder: Path, requests: int) -> PointJob:
    """A job of that many requests, which are not sent."""
    load = ClosedLoop(concurrency=1, requests=requests)
    return PointJob(
        sweep=Sweep(name="odd", output_tokens=TOKENS, load=(load,)),
        load=load,
        repeat=0,
        attempt=0,
        run_name="odd",
        endpoint=Endpoint(url="http://127.0.0.1:9/v1", model="stub", tokenizer="none"),
        folder=folder,
        seed=1,
    )


def main() -> int:
    """Print the table; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        job = job_in(Path(folder), options.streams)
        found = problems(job, odd_requests(options.streams, options.seed))
    rows, succeeded = found.pop("rows"), found.pop("succeeded")
    wrong = found.total() + options.streams - rows
    print("| odd answers | rows | succeeded | failed with a reason | wrong | seconds |")
    print("|---|---|---|---|---|---|")
    seconds = time.monotonic() - start
    print(
        f"| {options.streams:,} | {rows:,} | {succeeded:,} | {rows - succeeded:,} | {wrong} | {seconds:.0f} |"
    )
    for problem, count in found.most_common():
        print(f"{count}: {problem}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
