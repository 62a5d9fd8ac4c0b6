"""How quickly results are read: ten million requests, ten thousand runs, the same rows in EvalScope's form.

python -m benchmarks.store [--folder DIR] [--rounds 3]

The results are made up, written one file a stage as runs write them, then compacted as `servegauge compact`
does. Every time is that of a whole command, the start of Python included. EvalScope keeps a SQLite file of
each load, with the text of each request and every chunk of its answer: twenty are written so, with prompts of
128 words and answers of 64 chunks, and their time is multiplied.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.recorded_rows import write_runs
from tasks.record.compact import compact
from tasks.record.store import Store

SERVEGAUGE = str(Path(sys.executable).parent / "servegauge")
RUNS_OF_REQUESTS, LOADS, REQUESTS = 1_000, 10, 1_000
MANY_RUNS, FEW_LOADS, FEW_REQUESTS = 10_000, 2, 20
SAMPLE_RUNS = 2
"""Runs whose rows are written as EvalScope writes them."""
PROMPT = "word " * 128
CHUNK = {
    "id": "cmpl-0123456789abcdef",
    "object": "text_completion",
    "created": 1767225600,
    "model": "made-up",
    "choices": [{"index": 0, "text": " word", "logprobs": None, "finish_reason": None}],
}
CHUNKS = 64
LIMIT_S, TIMES_QUICKER = 2.0, 20
PERCENTILES = ("results", "requests", "--percentiles", "ttft_s", "--by", "run,load", "--format", "csv")


def main() -> None:
    """Print the table; with the limits that they are held to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, help="keep the results here, and use them again")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with folder_of(options.folder) as folder:
        requests = made(folder / "requests", RUNS_OF_REQUESTS, LOADS, REQUESTS)
        runs = made(folder / "runs", MANY_RUNS, FEW_LOADS, FEW_REQUESTS)
        print("\n| what | seconds | limit |\n|---|---|---|")
        ours = command_s(options.rounds, requests, PERCENTILES)
        print(f"| 10 million requests: percentiles by run and load | {ours:.2f} | {LIMIT_S:g} |", flush=True)
        for words in (("results", "--run", "last"), ("report", "last"), ("compare", "previous", "last")):
            seconds = command_s(options.rounds, runs, words)
            print(f"| 10,000 runs: {' '.join(words)} | {seconds:.2f} | {LIMIT_S:g} |", flush=True)
        for what, seconds in evalscope_s(requests, folder / "evalscope").items():
            print(f"| {what} | {seconds:.0f} | {TIMES_QUICKER} times as long: {seconds / ours:.0f} |")


@contextmanager
def folder_of(chosen: Path | None) -> Iterator[Path]:
    """Yield the folder that the user chose, or one that is removed at the end."""
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen
        return
    with TemporaryDirectory(prefix="servegauge-store-") as folder:
        yield Path(folder)


def made(folder: Path, runs: int, loads: int, requests: int) -> Path:
    """Make results and compact them, unless that was done before."""
    if (folder / "compacted.json").exists():
        return folder
    began = time.perf_counter()
    write_runs(folder, runs, loads, requests)
    written = time.perf_counter()
    done = compact(Store(folder))
    what = f"{runs:,} runs, {runs * loads * requests:,} requests: written in {written - began:.0f} s"
    files = f"{done.files_before:,} files became {done.files_after:,}"
    print(f"{what}, compacted in {time.perf_counter() - written:.0f} s: {files}", flush=True)
    return folder


def command_s(rounds: int, results: Path, words: tuple[str, ...]) -> float:
    """Return the median time of a command, after one that is not counted."""
    argv = (SERVEGAUGE, *words, "--results", str(results))
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    return median(times[1:])


def evalscope_s(results: Path, folder: Path) -> dict[str, float]:
    """Return how long EvalScope's SQLite files of all loads take, by how they are read."""
    from evalscope.perf.utils.db_util import get_percentile_results

    databases = write_databases(Store(results), folder)
    factor = RUNS_OF_REQUESTS * LOADS / len(databases)
    readers: dict[str, Callable[[Path], object]] = {
        "the same by EvalScope's own function": lambda path: get_percentile_results(str(path)),
        "the same by a SELECT of the one column from each SQLite file": ttft_percentiles,
    }
    times = {}
    for what, read in readers.items():
        began = time.perf_counter()
        for path in databases:
            read(path)
        times[what] = factor * (time.perf_counter() - began)
    return times


def ttft_percentiles(path: Path) -> list[float]:
    """Return the percentiles of one file, with nothing read that is not needed."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT first_chunk_latency FROM result WHERE success=1").fetchall()
    ordered = sorted(row[0] for row in rows)
    return [ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] for percent in (50, 90, 95, 99)]


def write_databases(store: Store, folder: Path) -> list[Path]:
    """Write the requests of a few runs as EvalScope does: a SQLite file a load."""
    from evalscope.perf.utils.db_util import create_result_table, encode_data

    folder.mkdir(parents=True, exist_ok=True)
    paths, answer = [], encode_data([dict(CHUNK) for _ in range(CHUNKS)])
    for run_id in sorted(store.run_ids())[:SAMPLE_RUNS]:
        for (load,), rows in store.read("requests", run_id).group_by("load_label"):
            path = folder / f"{run_id}-{load}.db"
            path.unlink(missing_ok=True)
            with closing(sqlite3.connect(path)) as connection:
                create_result_table(connection.cursor())
                marks = ", ".join("?" * 14)
                connection.executemany(f"INSERT INTO result VALUES ({marks})", _as_evalscope(rows, answer))
                connection.commit()
            paths.append(path)
    return paths


def _as_evalscope(rows: pl.DataFrame, answer: str) -> Iterator[tuple[object, ...]]:
    for row in rows.iter_rows(named=True):
        sent = row["sent_at"].timestamp()
        gaps, lengths = json.dumps(row["itl_s"]), (row["input_tokens"], row["output_tokens"])
        times = (sent + row["latency_s"], row["latency_s"], row["ttft_s"])
        yield (PROMPT, sent, gaps, 1, answer, *times, *lengths, 0.0, row["tpot_s"], str(row["index"]), 1)


if __name__ == "__main__":
    main()
