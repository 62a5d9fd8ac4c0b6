"""How late a trace is sent: 1,000 requests a second from two load processes to two stubs.

python -m benchmarks.trace_replay [--rate 1000] [--seconds 10] [--rows 100000]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from stub.process import Stub, stub_server
from stub.tokenizer import make_tokenizer
from tasks.config.load_kinds.trace import Trace
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.processes.run_jobs import run_jobs
from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.send_load import WORKER
from tasks.plan.point_requests import planned_requests
from tasks.plan.trace_rows import with_requests
from tasks.serve.endpoint import Endpoint

PROCESSES, INPUT_TOKENS, OUTPUT_TOKENS, BLOCK_TOKENS = 2, 32, 2, 2
LIMIT_S = 0.010
"""The limit of the P99 lateness."""


def write_trace(path: Path, rows: int, rate: float, hash_ids: int) -> Trace:
    """Write a trace in Mooncake's form with evenly spaced requests."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            row = {
                "timestamp": 1000 * number / rate,
                "input_length": INPUT_TOKENS,
                "output_length": OUTPUT_TOKENS,
            }
            ids = [number % 50, *range(100 + 16 * number, 100 + 16 * number + hash_ids)]
            file.write(json.dumps(row | ({"hash_ids": ids} if hash_ids else {})) + "\n")
    return Trace(trace=str(path), timestamps="ms", block_tokens=BLOCK_TOKENS)


def planning_s(folder: Path, rows: int) -> float:
    """Return the processor seconds that planning a trace of so many rows takes, reading it included."""
    trace = write_trace(folder / "long.jsonl", rows, 1000, 15)
    sweep = Sweep(name="trace", load=(trace,))
    started = time.process_time()
    planned_requests(sweep, with_requests(trace), rows, 0)
    return time.process_time() - started


def lateness_s(folder: Path, rate: float, seconds: float) -> list[float]:
    """Replay a trace against two stubs; return the lateness of every request, ascending."""
    trace = with_requests(write_trace(folder / "short.jsonl", round(rate * seconds), rate, 0))
    with ExitStack() as stack:
        stubs = [
            stack.enter_context(stub_server(ttft=0.02, itl=0.005, prompt_tokens=INPUT_TOKENS))
            for _ in range(PROCESSES)
        ]
        jobs = _jobs(folder, trace, stubs)
        run_jobs(WORKER, jobs, check=lambda: None, progress=lambda done: None, timeout_s=600)
    rows = [row for job in jobs for row in read_rows(job.folder / REQUESTS, RequestRow)]
    failed = [row.error for row in rows if not row.succeeded]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(rows)} requests failed: {failed[0]}")
    return sorted(row.client_delay_s or 0.0 for row in rows)


def _jobs(folder: Path, trace: Trace, stubs: Sequence[Stub]) -> tuple[PointJob, ...]:
    """Return a job for each process, each at a stub of its own."""
    tokenizer = make_tokenizer(folder / "tokenizer")
    whole = PointJob(
        sweep=Sweep(name="trace", load=(trace,)),
        load=trace,
        repeat=1,
        attempt=1,
        run_name="trace",
        endpoint=Endpoint(url=stubs[0].url, model="stub", tokenizer=str(tokenizer)),
        folder=folder,
        seed=1,
    )
    jobs = []
    for part, stub in zip(whole.parts(PROCESSES), stubs, strict=True):
        endpoint = whole.endpoint.model_copy(update={"url": stub.url})
        changes = {"only": part, "endpoint": endpoint, "folder": folder / str(part.number)}
        jobs.append(whole.model_copy(update=changes))
    return tuple(jobs)


def main() -> int:
    """Print the planning time and the lateness; return 1 if its P99 is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    fork_server.warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} before, {os.cpu_count()} processors", file=sys.stderr)
    with TemporaryDirectory(prefix="trace-") as name:
        print(
            f"{options.rows:,} rows planned in {planning_s(Path(name), options.rows):.2f} s of CPU",
            flush=True,
        )
        late = lateness_s(Path(name), options.rate, options.seconds)
    fork_server.shut_down()
    p50, p99 = (late[ceil(share * len(late)) - 1] for share in (0.5, 0.99))
    print(f"{len(late):,} requests at {options.rate:g}/s: late by P50 {p50 * 1000:.2f} ms, ", end="")
    print(f"P99 {p99 * 1000:.2f} ms, at most {late[-1] * 1000:.2f} ms")
    return int(p99 > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
