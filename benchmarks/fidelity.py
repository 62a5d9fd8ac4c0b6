"""How accurate load generators are: the figures of each beside the stub's own, for the same requests.

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

from benchmarks.other_tools import evalscope, guidellm, vllm_bench
from benchmarks.point_job import point_job
from benchmarks.workload import Reported, Size, Workload, workload_on
from stub.process import stub_server
from stub.request_log import LoggedRequest
from stub.summary import summary_of
from stub.tokenizer import make_tokenizer
from tasks.measure.processes import fork_server
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.send_load import measure_point
from tasks.stats import percentile

TTFT_S, ITL_S, INPUT_TOKENS, OUTPUT_TOKENS = 0.05, 0.01, 1024, 128
FEWEST_REQUESTS, REQUESTS_ALONE = 100, 20
"""A P99 needs a hundred requests. At concurrency 1 these would take too long."""
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
"""The target: the largest error of TTFT's mean, of TTFT's P99, and of TPOT and throughput as a share."""
REACHED = "yes"
ERROR_LENGTH = 200


def servegauge(workload: Workload) -> Reported:
    """Measure one load point with servegauge."""
    job = point_job(workload)
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    result = point_result(job, measurement)
    ttft = [row.ttft_s for row in measurement.rows if row.ttft_s is not None]
    return Reported(
        ttft_mean=fmean(ttft),
        ttft_p99=p99(ttft),
        tpot_mean=result.known("tpot_mean_s"),
        throughput=result.known("output_token_throughput"),
    )


SERVEGAUGE = "servegauge"
TOOLS: dict[str, Callable[[Workload], Reported]] = {
    SERVEGAUGE: servegauge,
    "evalscope": evalscope,
    "vllm": vllm_bench,
    "guidellm": guidellm,
}


def p99(values: Sequence[float]) -> float:
    """Return the P99, or the highest value if the sample is too small for one."""
    return percentile(sorted(values), 99) or max(values)


def stub_figures(entries: Sequence[LoggedRequest]) -> Reported:
    """Return the stub's own figures, from the last byte of a request to the tokens sent."""
    summary = summary_of(entries)
    figures = (summary.ttft_mean_s, summary.ttft_p99_s, summary.tpot_mean_s, summary.output_tokens_per_s)
    ttft_mean, ttft_p99, tpot_mean, throughput = (figure or 0.0 for figure in figures)
    return Reported(ttft_mean, ttft_p99, tpot_mean, throughput)


def reaches_target(reported: Reported, truth: Reported) -> bool:
    """Return whether a tool's figures are within the target of the stub's."""
    return (
        abs(reported.ttft_mean - truth.ttft_mean) <= MEAN_S
        and abs(reported.ttft_p99 - truth.ttft_p99) <= P99_S
        and abs(reported.tpot_mean / truth.tpot_mean - 1) <= SHARE
        and abs(reported.throughput / truth.throughput - 1) <= SHARE
    )


def compare(concurrency: int, tool: str, folder: Path) -> tuple[str, ...]:
    """Run a tool against a stub. Returns its row of the table, or a short row with the tool's error."""
    requests = REQUESTS_ALONE if concurrency == 1 else max(FEWEST_REQUESTS, 2 * concurrency)
    load, size = f"{concurrency}/{requests}", Size(concurrency, requests, INPUT_TOKENS, OUTPUT_TOKENS)
    with stub_server(ttft=TTFT_S, itl=ITL_S, prompt_tokens=INPUT_TOKENS) as stub:
        try:
            reported = TOOLS[tool](workload_on(stub, size, folder / f"{tool}-{concurrency}"))
        except (FileNotFoundError, RuntimeError) as error:
            return (load, tool, str(error)[:ERROR_LENGTH])
        # Some tools send a request or two of their own first.
        entries = [entry for entry in stub.log() if entry.tokens][-requests:]
    return (load, tool, *cells(reported, stub_figures(entries)))


def cells(reported: Reported, truth: Reported) -> tuple[str, ...]:
    """Return a row's cells after load and tool. Times are in milliseconds."""
    times = (
        *(reported.ttft_mean, truth.ttft_mean),
        *(reported.ttft_p99, truth.ttft_p99),
        *(reported.tpot_mean, truth.tpot_mean),
    )
    return (
        *(f"{time * 1000:.2f}" for time in times),
        f"{reported.throughput:,.0f}",
        f"{reported.throughput / truth.throughput - 1:+.1%}",
        REACHED if reaches_target(reported, truth) else "no",
    )


def main() -> None:
    """Print the table as Markdown. Exits with an error if servegauge misses its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 10, 50, 100])
    parser.add_argument("--tools", nargs="+", choices=tuple(TOOLS), default=list(TOOLS))
    options = parser.parse_args()
    fork_server.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    missed = []
    with TemporaryDirectory(prefix="fidelity-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for concurrency in options.concurrency:
            for tool in options.tools:
                row = compare(concurrency, tool, Path(name))
                print(f"| {' | '.join(row)} |", flush=True)
                if tool == SERVEGAUGE and row[-1] != REACHED:
                    missed.append(row[0])
    print(f"load average {os.getloadavg()[0]:.1f} after", file=sys.stderr)
    fork_server.shut_down()
    if missed:
        sys.exit(f"{SERVEGAUGE} missed its target at {', '.join(missed)}")


if __name__ == "__main__":
    main()
