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
from tasks.measure.processes import fork_server
from tasks.measure.speed.point import measure_point
from tasks.measure.speed.point_figures import point_result
from tasks.stats import percentile
from tests.stub.log import Row
from tests.stub.process import stub_server
from tests.stub.tokenizer import make_tokenizer

TTFT_S, ITL_S, TOKENS = 0.05, 0.01, 128
HEAD = (
    "load",
    "tool",
    "TTFT mean",
    "server",
    "TTFT P99",
    "server",
    "TPOT",
    "server",
    "tok/s",
    "off",
    "within",
)
MEAN_S, P99_S, SHARE = 0.002, 0.004, 0.01
"""The target: TTFT's mean and P99, TPOT and throughput this near the server's own."""
HELD = "yes"


def servegauge(ask: Ask) -> Said:
    """This project."""
    job = point_job(ask)
    found = measure_point(job, lambda: None, lambda done, total: None)
    result = point_result(job, found)
    ttft = [row.ttft_s for row in found.rows if row.ttft_s is not None]
    return Said(fmean(ttft), p99(ttft), result.known("tpot_mean_s"), result.known("output_token_throughput"))


OURS = "servegauge"
TOOLS: dict[str, Callable[[Ask], Said]] = {
    OURS: servegauge,
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


def held(said: Said, own: Said) -> bool:
    """Whether a tool's figures are as near the server's as is wanted."""
    return (
        abs(said.ttft_mean - own.ttft_mean) <= MEAN_S
        and abs(said.ttft_p99 - own.ttft_p99) <= P99_S
        and abs(said.tpot_mean / own.tpot_mean - 1) <= SHARE
        and abs(said.throughput / own.throughput - 1) <= SHARE
    )


def compare(concurrency: int, tool: str, folder: Path) -> tuple[str, ...]:
    """A row of the table; a P99 takes a hundred requests."""
    requests = 20 if concurrency == 1 else max(100, 2 * concurrency)
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
        HELD if held(said, own) else "no",
    )


def main() -> None:
    """Print the table, in milliseconds, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 10, 50, 100])
    parser.add_argument("--tools", nargs="+", choices=tuple(TOOLS), default=list(TOOLS))
    given = parser.parse_args()
    fork_server.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    missed = list[str]()
    with TemporaryDirectory(prefix="fidelity-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for concurrency in given.concurrency:
            for tool in given.tools:
                cells = compare(concurrency, tool, Path(name))
                print(f"| {' | '.join(cells)} |", flush=True)
                missed += [cells[0]] if tool == OURS and cells[-1] != HELD else []
    print(f"load average {os.getloadavg()[0]:.1f} after", file=sys.stderr)
    fork_server.shut_down()
    if missed:
        sys.exit(f"{OURS} missed its target at {', '.join(missed)}")


if __name__ == "__main__":
    main()
