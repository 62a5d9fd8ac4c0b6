"""How true load generators are: each one's figures beside the stub server's own, in one run.

python -m benchmarks.fidelity [--concurrency 1 10 50 100] [--tools servegauge evalscope vllm guidellm]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from benchmarks.others import Ask, Said, evalscope, guidellm, vllm_bench
from benchmarks.own import point_job
from tasks.measure import pool
from tasks.measure.figures import percentile
from tasks.measure.points import measure_point
from tests.stub.log import Row
from tests.stub.process import stub_server
from tests.stub.tokenizer import make_tokenizer

TTFT_S, ITL_S, TOKENS = 0.05, 0.01, 128
HEAD = ("load", "tool", "TTFT mean", "server", "TTFT P99", "server", "TPOT", "server", "tok/s", "off")


def servegauge(ask: Ask) -> Said:
    """This project."""
    found = measure_point(point_job(ask), lambda: None, lambda done, total: None)
    ttft = [row.ttft_s for row in found.rows if row.ttft_s is not None]
    return Said(fmean(ttft), p99(ttft), found.result.tpot.mean or 0.0, found.result.output_token_throughput)


TOOLS: dict[str, Callable[[Ask], Said]] = {
    "servegauge": servegauge,
    "evalscope": evalscope,
    "vllm": vllm_bench,
    "guidellm": guidellm,
}


def p99(values: Sequence[float]) -> float:
    """The highest value where the sample is too small."""
    return percentile(sorted(values), 99) or max(values)


def truth(rows: Sequence[Row]) -> Said:
    """The server's own figures: bytes in to bytes out."""
    span = max(row.last_sent or 0.0 for row in rows) - min(row.arrived for row in rows)
    ttft = [row.ttft for row in rows]
    tokens = sum(row.tokens for row in rows)
    return Said(fmean(ttft), p99(ttft), fmean(row.itl for row in rows), tokens / span)


def compare(concurrency: int, tool: str, folder: Path) -> tuple[str, ...]:
    """A row of the table."""
    requests = max(5, 2 * concurrency)
    with stub_server(ttft=TTFT_S, itl=ITL_S, prompt_tokens=1024) as stub:
        tokenizer = str(folder / "tokenizer")
        ask = Ask(
            stub.root, stub.model, tokenizer, concurrency, requests, TOKENS, folder / f"{tool}-{concurrency}"
        )
        ask.folder.mkdir()
        try:
            said = TOOLS[tool](ask)
        except (FileNotFoundError, RuntimeError) as error:
            return (f"{concurrency}/{requests}", tool, str(error)[:200])
        # Some send a request or two of their own before.
        own = truth([row for row in stub.log() if row.tokens][-requests:])
    times = (said.ttft_mean, own.ttft_mean, said.ttft_p99, own.ttft_p99, said.tpot_mean, own.tpot_mean)
    return (
        f"{concurrency}/{requests}",
        tool,
        *(f"{time * 1000:.2f}" for time in times),
        f"{said.throughput:,.0f}",
        f"{said.throughput / own.throughput - 1:+.1%}",
    )


def main() -> None:
    """Print the table, in milliseconds, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 10, 50, 100])
    parser.add_argument("--tools", nargs="+", choices=tuple(TOOLS), default=list(TOOLS))
    given = parser.parse_args()
    pool.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    with TemporaryDirectory(prefix="fidelity-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for concurrency in given.concurrency:
            for tool in given.tools:
                print(f"| {' | '.join(compare(concurrency, tool, Path(name)))} |", flush=True)
    print(f"load average {os.getloadavg()[0]:.1f} after", file=sys.stderr)
    pool.shut_down()


if __name__ == "__main__":
    main()
