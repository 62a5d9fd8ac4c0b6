"""The same load of the same stub by several tools: `python -m benchmarks.same_stub`.

Each tool's file is imported as `servegauge import` does, and each figure is held against the stub's own log.
Where the table of definitions says that a tool's figure is higher by definition alone, the log must show it.
A tool that cannot be installed here is named, and the others are run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.imported_tools import aiperf, inference_perf, sglang_bench
from benchmarks.other_tools import evalscope, guidellm, vllm_bench
from benchmarks.workload import Size, Workload, workload_on
from stub.process import stub_server
from stub.summary import Summary, summary_of
from stub.tokenizer import make_tokenizer
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.exchange.tools import TOOLS

TTFT_S, ITL_S, INPUT_TOKENS, OUTPUT_TOKENS = 0.05, 0.01, 256, 64
HEAD = ("tool", "figure", "tool's", "stub's log", "tool − log", "by definition", "agrees")
NOISE = 0.002
"""Share by which a figure with the same definition may differ: clocks and the share of a chunk."""


class Output(NamedTuple):
    """How a tool is run, and the name of the file that it writes, which `servegauge import` reads."""

    run: Callable[[Workload], object]
    file: str


RUNS = {
    "evalscope": Output(evalscope, "benchmark_summary.json"),
    "vllm": Output(vllm_bench, "vllm.json"),
    "guidellm": Output(guidellm, "guidellm.json"),
    "aiperf": Output(aiperf, "profile_export_aiperf.json"),
    "sglang": Output(sglang_bench, "sglang.jsonl"),
    "inference-perf": Output(inference_perf, "stage_0_lifecycle_metrics.json"),
}
FIGURES = {"TTFT": "ttft_mean_s", "TPOT": "tpot_mean_s", "latency": "latency_mean_s"}
BY_DEFINITION = {-1: "lower", 0: "the same", 1: "higher"}


def truth_of(summary: Summary) -> dict[str, float]:
    """Return the stub's own figures by their titles."""
    return {
        "TTFT": summary.ttft_mean_s or 0.0,
        "TPOT": summary.tpot_mean_s or 0.0,
        "latency": summary.latency_mean_s or 0.0,
    }


def agrees(excess: int, difference: float, truth: float) -> bool:
    """Return whether a difference is the one that the definition announces.

    Args:
        excess: of the tool's definition: positive where its figure is higher than from socket to socket,
            negative where it is lower.
        difference: the tool's figure less the stub's.
        truth: the stub's figure.
    """
    noise = NOISE * truth
    if excess:
        return difference * excess >= -noise
    return abs(difference) <= 10 * noise


def rows(tool: str, size: Size, folder: Path) -> list[tuple[str, ...]]:
    """Run a tool against a stub of its own. Returns a row for each figure that the tool reports.

    Raises:
        FileNotFoundError: the tool cannot be installed here.
        RuntimeError: it failed.
    """
    with stub_server(ttft=TTFT_S, itl=ITL_S, prompt_tokens=size.input_tokens) as stub:
        workload = workload_on(stub, size, folder / tool)
        RUNS[tool].run(workload)
        # some tools send a request or two of their own first
        truth = truth_of(summary_of([entry for entry in stub.log() if entry.tokens][-size.requests :]))
    (point,) = read_foreign_run(next(workload.folder.rglob(RUNS[tool].file))).points
    definitions = TOOLS[tool].definitions
    reported = {title: point.figures.get(name) for title, name in FIGURES.items()}
    return [
        _row(tool, title, value, truth[title], definitions[title].excess)
        for title, value in reported.items()
        if value is not None
    ]


def _row(tool: str, title: str, theirs: float, truth: float, excess: int) -> tuple[str, ...]:
    difference = theirs - truth
    return (
        TOOLS[tool].name,
        title,
        f"{theirs * 1000:.2f} ms",
        f"{truth * 1000:.2f} ms",
        f"{difference * 1000:+.2f} ms",
        BY_DEFINITION[(excess > 0) - (excess < 0)],
        "yes" if agrees(excess, difference, truth) else "no",
    )


def wrong_rows(tools: list[str], size: Size, folder: Path) -> list[str]:
    """Print the rows of every tool; return those that are not as defined, and the tools that failed."""
    wrong = []
    for tool in tools:
        try:
            found = rows(tool, size, folder)
        except FileNotFoundError as error:
            print(f"{tool} is left out: {error}", file=sys.stderr)
            continue
        except RuntimeError as error:
            print(f"{tool}: {error}"[:1000], file=sys.stderr)
            wrong.append(tool)
            continue
        for row in found:
            print(f"| {' | '.join(row)} |", flush=True)
        wrong += [f"{row[0]} {row[1]}" for row in found if row[-1] == "no"]
    return wrong


def main() -> None:
    """Print the table as Markdown. Exits with an error if a difference is not the one that is announced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--tools", nargs="+", choices=tuple(RUNS), default=list(RUNS))
    options = parser.parse_args()
    size = Size(options.concurrency, options.requests, INPUT_TOKENS, OUTPUT_TOKENS)
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    with TemporaryDirectory(prefix="same-stub-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        wrong = wrong_rows(options.tools, size, Path(name))
    if wrong:
        sys.exit(f"not as defined: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
