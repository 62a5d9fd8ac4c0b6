"""What a run costs that measures nothing: `servegauge run SPEC` beside `servegauge validate SPEC`.

python -m benchmarks.rerun [--spec smoke] [--results FOLDER] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

SERVEGAUGE = str(Path(sys.executable).with_name("servegauge"))
LIMIT_S = 1800


def seconds_of(*arguments: str) -> float:
    """Run a command of servegauge. Returns the seconds that it took."""
    started = time.perf_counter()
    subprocess.run((SERVEGAUGE, *arguments), check=True, capture_output=True, timeout=LIMIT_S)
    return time.perf_counter() - started


def main() -> None:
    """Measure the spec once, then print both commands' seconds as Markdown: the median of the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spec", default="smoke")
    parser.add_argument("--results", default="", help="where SPEC is recorded; empty: it is measured first")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="rerun-") as folder:
        run = ("run", chosen.spec, "--results", chosen.results or folder)
        seconds_of(*run)
        print(f"load average {os.getloadavg()[0]:.1f} before", file=sys.stderr)
        # In turn, so that a ratio holds while the machine's speed changes.
        rounds = [(seconds_of("validate", chosen.spec), seconds_of(*run)) for _ in range(chosen.rounds)]
    ratios = sorted(again / validate for validate, again in rounds)
    print("| `validate` s | `run` again s | ratio | of the rounds |\n|---|---|---|---|")
    validate_s, again_s = (median(column) for column in zip(*rounds, strict=True))
    print(f"| {validate_s:.2f} | {again_s:.2f} | {median(ratios):.1f} | {ratios[0]:.1f} – {ratios[-1]:.1f} |")


if __name__ == "__main__":
    main()
