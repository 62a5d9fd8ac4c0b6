"""What the pipeline costs: `servegauge run` beside the same work with EvalScope's commands.

python -m benchmarks.overhead [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

from benchmarks.other_tools import OFFLINE
from stub.process import Stub, stub_server
from stub.tokenizer import make_tokenizer
from tasks.text import tail

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
QUESTIONS = ROOT / "deployments/questions/openqa-sample.jsonl"
AIME = ROOT / "deployments/questions/aime-format-sample"
LOADS = {1: 5, 10: 20, 50: 100, 100: 200}
TOKENS, LIMIT_S, LOG_LINES = 128, 600, 10
Times = Mapping[str, float]
"""Seconds of each stage, in the order of the work."""


def by_hand(stub: Stub, tokenizer: Path, folder: Path) -> Times:
    """Run EvalScope's three commands, one after another."""
    perf = (
        *(str(BIN / "evalscope"), "perf", "--api", "openai", "--model", stub.model, "--stream"),
        *("--tokenizer-path", str(tokenizer), "--no-test-connection", "--outputs-dir", str(folder)),
    )
    sweep = (
        *(*perf, "--url", f"{stub.url}/completions", "--dataset", "random", "--prefix-length", "0"),
        *("--min-prompt-length", "1024", "--max-prompt-length", "1024"),
        *("--max-tokens", str(TOKENS), "--min-tokens", str(TOKENS), "--extra-args", '{"ignore_eos": true}'),
        *("--parallel", *map(str, LOADS), "--number", *map(str, LOADS.values())),
    )
    accuracy = (
        *(str(BIN / "evalscope"), "eval", "--model", stub.model, "--api-url", stub.url, "--api-key", "none"),
        *("--eval-type", "openai_api", "--datasets", "aime25", "--eval-batch-size", "10"),
        *("--dataset-args", json.dumps({"aime25": {"local_path": str(AIME)}}), "--work-dir", str(folder)),
        *("--generation-config", json.dumps({"max_tokens": TOKENS, "temperature": 1.0})),
    )
    chat = (
        *(*perf, "--url", f"{stub.url}/chat/completions", "--dataset", "openqa"),
        *("--dataset-path", str(QUESTIONS), "--max-tokens", str(TOKENS)),
        *("--parallel", "20", "--number", "100"),
    )
    commands = {"perf random": sweep, "eval aime25": accuracy, "perf openqa": chat}
    return {name: _seconds_of(argv, folder, name) for name, argv in commands.items()}


def by_servegauge(stub: Stub, tokenizer: Path, folder: Path) -> Times:
    """Run `servegauge run`. The time between two lines of its log counts for the stage of the later line."""
    spec = folder / "overhead.yaml"
    spec.write_text(yaml.safe_dump(_spec(stub, tokenizer)), "utf-8")
    argv = (str(BIN / "servegauge"), "run", str(spec), "--results", str(folder / "results"))
    times: dict[str, float] = defaultdict(float)
    last = time.perf_counter()
    with subprocess.Popen(
        argv,
        cwd=folder,
        env={**os.environ, **OFFLINE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            now, stage = time.perf_counter(), (line.split() or [""])[0]
            if stage in ("plan", "health", "sweep", "accuracy", "track"):
                times["start, plan" if stage == "plan" else stage] += now - last
                last = now
    if process.returncode:
        raise RuntimeError(
            f"servegauge run ended with exit code {process.returncode}; its results are in {folder}"
        )
    times["report, end"] = time.perf_counter() - last
    return times


def _spec(stub: Stub, tokenizer: Path) -> dict[str, object]:
    load = [{"concurrency": level, "requests": number} for level, number in LOADS.items()]
    server = {"kind": "endpoint", "url": stub.url, "model": stub.model, "tokenizer": str(tokenizer)}
    speed = {"name": "throughput", "input_tokens": 1024, "output_tokens": TOKENS, "load": load}
    chat = {"name": "chat", "endpoint": "chat", "dataset": "openqa", "max_tokens": TOKENS}
    chat |= {"load": [{"concurrency": 20, "requests": 100}]}
    questions = {"dataset": "aime25", "path": str(AIME), "batch_size": 10}
    questions |= {"generation": {"max_tokens": TOKENS, "temperature": 1.0}}
    return {"name": "overhead", "server": server, "sweeps": [speed, chat], "accuracy": [questions]}


def _seconds_of(argv: tuple[str, ...], folder: Path, name: str) -> float:
    """Run a command whose log is NAME.log. Returns the seconds that it took."""
    started = time.perf_counter()
    with (folder / f"{name}.log").open("wb") as log:
        finished = subprocess.run(
            argv,
            cwd=folder,
            env={**os.environ, **OFFLINE},
            stdout=log,
            stderr=log,
            timeout=LIMIT_S,
            check=False,
        )
    if finished.returncode:
        end_of_log = tail(folder / f"{name}.log", LOG_LINES)
        raise RuntimeError(f"{name} ended with exit code {finished.returncode}: {end_of_log}")
    return time.perf_counter() - started


def main() -> None:
    """Print the seconds of each stage of both sides as Markdown: the median of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: list[tuple[Times, Times]] = []
    print(f"load average {os.getloadavg()[0]:.1f} before", file=sys.stderr)
    for number in range(parser.parse_args().rounds):
        with (
            TemporaryDirectory(prefix="overhead-") as name,
            stub_server(ttft=0.05, itl=0.01, tokens=TOKENS, prompt_tokens=1024) as stub,
        ):
            make_tokenizer(Path(name) / "tokenizer")
            for side in ("hand", "servegauge"):
                (Path(name) / side).mkdir()
            hand = by_hand(stub, Path(name) / "tokenizer", Path(name) / "hand")
            pipeline = by_servegauge(stub, Path(name) / "tokenizer", Path(name) / "servegauge")
        rounds.append((hand, pipeline))
        ratio = sum(pipeline.values()) / sum(hand.values())
        print(f"round {number + 1}: {ratio:.2f}", file=sys.stderr)
    _print_table("by hand", [hand for hand, _ in rounds])
    _print_table("servegauge", [pipeline for _, pipeline in rounds])
    ratios = sorted(sum(pipeline.values()) / sum(hand.values()) for hand, pipeline in rounds)
    print(f"\nratio: {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def _print_table(side: str, rounds: list[Times]) -> None:
    stages = list(rounds[0])
    print(f"\n| {side} | {' | '.join(stages)} | in all |\n|{'---|' * (len(stages) + 2)}")
    cells = [f"{median(times[stage] for times in rounds):.1f}" for stage in stages]
    cells.append(f"{median(sum(times.values()) for times in rounds):.1f}")
    print(f"| s | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
