"""Up to which token rate the times stay true: load processes against a stub, on this machine's processors.

python -m benchmarks.capacity [--rates 10000 25000 50000 75000 100000] [--clients 1 2]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from tasks.config.sweep import Load, Sweep
from tasks.measure import pool
from tasks.measure.jobs import PointJob
from tasks.measure.points import measure_point
from tasks.serve.results import Endpoint
from tests.stub.process import stub_server
from tests.stub.tokenizer import make_tokenizer

SLOTS, SECONDS = 100, 4
HEAD = (
    "offered tok/s",
    "processes",
    "sent by the stub",
    "TPOT ms",
    "server",
    "off",
    "TTFT ms",
    "server",
    "busiest",
)


def measured(rate: int, clients: int, folder: Path) -> tuple[str, ...]:
    """A row of the table: two waves of slots that get their tokens at this rate together."""
    itl = SLOTS / rate
    tokens = int(SECONDS / itl)
    load = Load(concurrency=SLOTS, requests=SLOTS)
    with stub_server(ttft=0.2, itl=itl, prompt_tokens=64) as stub:
        job = PointJob(
            sweep=Sweep(name="c", input_tokens=64, output_tokens=tokens, load=(load,), clients=clients),
            load=load,
            repeat=1,
            attempt=1,
            run_name="capacity",
            endpoint=Endpoint(url=stub.url, model=stub.model, tokenizer=str(folder / "tokenizer")),
            folder=folder / f"{rate}-{clients}",
            seed=rate,
        )
        found = measure_point(job, lambda: None, lambda done, total: None)
        rows = stub.log()
    own, said = fmean(row.itl for row in rows), found.result.tpot.mean or 0.0
    sent = sum(row.tokens for row in rows) / (
        max(row.last_sent or 0 for row in rows) - min(row.first_sent or 0 for row in rows)
    )
    busiest = max(each.value for each in found.readings if each.metric.startswith("cpu_share"))
    return (
        f"{rate:,}",
        str(clients),
        f"{sent:,.0f}",
        f"{said * 1000:.3f}",
        f"{own * 1000:.3f}",
        f"{said / own - 1:+.2%}",
        f"{(found.result.ttft.mean or 0) * 1000:.1f}",
        f"{fmean(row.ttft for row in rows) * 1000:.1f}",
        f"{busiest:.0%}",
    )


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[10_000, 25_000, 50_000, 75_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    pool.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    with TemporaryDirectory(prefix="capacity-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for rate in given.rates:
            for clients in given.clients:
                print(f"| {' | '.join(measured(rate, clients, Path(name)))} |", flush=True)
    pool.shut_down()


if __name__ == "__main__":
    main()
