"""The same load of the same stub by several tools: `python -m benchmarks.same_stub`.

Each tool's file is imported as `servegauge import` does, and each figure is held against the stub's own log.
Where the table of definitions says that a tool's figure is higher by definition alone, the log must show it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.other_tools import Reported, Workload, evalscope, guidellm, vllm_bench
from stub.process import stub_server
from stub.summary import Summary, summary_of
from stub.tokenizer import make_tokenizer
from tasks.exchange.definitions import TOOLS
from tasks.exchange.readers.reader_registry import read_foreign_run

TTFT_S, ITL_S, INPUT_TOKENS, OUTPUT_TOKENS = 0.05, 0.01, 256, 64
HEAD = ("tool", "figure", "tool's", "stub's log", "tool − log", "by definition", "agrees")
NOISE = 0.002
"""Share by which a figure with the same definition may differ: clocks and the share of a chunk."""
Run = Callable[[Workload], Reported]


class Output(NamedTuple):
    """How a tool is run, and the name of the file that it writes, which `servegauge import` reads."""

    run: Run
    file: str


RUNS = {
    "evalscope": Output(evalscope, "benchmark_summary.json"),
    "vllm": Output(vllm_bench, "vllm.json"),
    "guidellm": Output(guidellm, "guidellm.json"),
}
FIGURES = {"TTFT": "ttft_mean_s", "TPOT": "tpot_mean_s", "latency": "latency_mean_s"}


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
        excess: of the tool's definition: positive where its figure is higher than from socket to socket.
        difference: the tool's figure less the stub's.
        truth: the stub's figure.
    """
    noise = NOISE * truth
    return difference >= -noise if excess > 0 else abs(difference) <= 10 * noise


def rows(tool: str, concurrency: int, requests: int, folder: Path) -> list[tuple[str, ...]]:
    """Run a tool against a stub of its own. Returns a row for each figure that the tool reports."""
    with stub_server(ttft=TTFT_S, itl=ITL_S, prompt_tokens=INPUT_TOKENS) as stub:
        workload = Workload(
            root=stub.root,
            model=stub.model,
            tokenizer=str(folder / "tokenizer"),
            concurrency=concurrency,
            requests=requests,
            output_tokens=OUTPUT_TOKENS,
            folder=folder / tool,
            input_tokens=INPUT_TOKENS,
        )
        workload.folder.mkdir()
        RUNS[tool].run(workload)
        # some tools send a request or two of their own first
        truth = truth_of(summary_of([entry for entry in stub.log() if entry.tokens][-requests:]))
    (point,) = read_foreign_run(next(workload.folder.rglob(RUNS[tool].file))).points
    definitions = TOOLS[tool].definitions
    reported = {title: point.figures[name] for title, name in FIGURES.items()}
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
        "higher" if excess > 0 else "the same",
        "yes" if agrees(excess, difference, truth) else "no",
    )


def main() -> None:
    """Print the table as Markdown. Exits with an error if a difference is not the one that is announced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--tools", nargs="+", choices=tuple(RUNS), default=list(RUNS))
    options = parser.parse_args()
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    wrong = []
    with TemporaryDirectory(prefix="same-stub-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for tool in options.tools:
            try:
                found = rows(tool, options.concurrency, options.requests, Path(name))
            except (FileNotFoundError, RuntimeError) as error:
                print(f"{tool}: {error}"[:300], file=sys.stderr)
                wrong.append(tool)
                continue
            for row in found:
                print(f"| {' | '.join(row)} |", flush=True)
            wrong += [f"{row[0]} {row[1]}" for row in found if row[-1] == "no"]
    if wrong:
        sys.exit(f"not as defined: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
