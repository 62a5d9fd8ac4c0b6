"""Up to which token rate TPOT stays accurate: load generators against stubs, each on processors of its own.

python -m benchmarks.capacity [--rates 10000 25000 50000 75000 100000] [--clients 1 2]

Half of the machine's processors, at most two, send load. On each of the others a stub responds. EvalScope's
own command is measured in the same way, against one stub.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from benchmarks.other_tools import evalscope
from benchmarks.point_job import point_job
from benchmarks.workload import Size, Workload, workload_on
from stub.process import Stub, stub_server
from stub.request_log import LoggedRequest
from stub.tokenizer import make_tokenizer
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.processes.run_jobs import run_jobs
from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.send_load import WORKER

ACCURATE = 0.02
"""The largest error of TPOT, as a share, that counts as accurate."""
STREAMS, SECONDS, TTFT_S, INPUT_TOKENS = 100, 4, 0.2, 64
HEAD = ("offered tok/s", "tool", "processes", "sent by the stubs", "TPOT ms", "server", "off")
PROCESSORS = sorted(os.sched_getaffinity(0))
CLIENT_PROCESSORS = PROCESSORS[: min(2, max(1, len(PROCESSORS) // 2))]
STUB_PROCESSORS = PROCESSORS[len(CLIENT_PROCESSORS) :] or PROCESSORS


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Args:
        offered: tokens per second that the stubs are to send.
        tool: the load generator.
        processes: its processes.
        sent: tokens per second that the stubs sent.
        reported_s: mean TPOT that the tool reported.
        truth_s: mean TPOT of the stubs' logs.
    """

    offered: int
    tool: str
    processes: int
    sent: float
    reported_s: float
    truth_s: float

    @property
    def series(self) -> str:
        """The rows that belong together: a tool with a number of processes."""
        return f"{self.tool}, {self.processes} processes"

    @property
    def error(self) -> float:
        """The error of TPOT as a share."""
        return self.reported_s / self.truth_s - 1

    def markdown(self) -> str:
        """Return the row as Markdown. Times are in milliseconds."""
        times = (f"{self.reported_s * 1000:.3f}", f"{self.truth_s * 1000:.3f}")
        cells = (f"{self.offered:,}", self.tool, str(self.processes), f"{self.sent:,.0f}", *times)
        return f"| {' | '.join(cells)} | {self.error:+.2%} |"


def row_of(
    offered: int, tool: str, processes: int, reported_s: float, entries: Sequence[LoggedRequest]
) -> Row:
    """Return the row of a tool's report and the log entries of the same requests."""
    first = min(entry.first_sent or 0.0 for entry in entries)
    last = max(entry.last_sent or 0.0 for entry in entries)
    sent = sum(entry.tokens for entry in entries) / (last - first)
    truth_s = fmean(entry.itl for entry in entries)
    return Row(offered, tool, processes, sent, reported_s, truth_s)


def limits(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line for each series: up to which rate TPOT was accurate, of the rates that the stubs sent."""
    for series in dict.fromkeys(row.series for row in rows):
        ascending = sorted((row for row in rows if row.series == series), key=lambda row: row.sent)
        accurate = list(takewhile(lambda row: abs(row.error) <= ACCURATE, ascending))
        reached = accurate[-1].sent if accurate else 0.0
        yield f"{series}: within {ACCURATE:.0%} up to {reached:,.0f} of {ascending[-1].sent:,.0f} tok/s sent"


def measure_servegauge(rate: int, clients: int, folder: Path) -> Row:
    """Measure with some load processes, each with its share of the streams, spread over the stubs."""
    with running_stubs(rate, min(clients, len(STUB_PROCESSORS))) as stubs:
        whole = point_job(workload_of(stubs[0], rate, folder))
        jobs = []
        for number, part in enumerate(whole.parts(clients)):
            stub = stubs[number % len(stubs)]
            endpoint = whole.endpoint.model_copy(update={"url": stub.url})
            changes = {"only": part, "endpoint": endpoint, "folder": folder / str(number)}
            jobs.append(whole.model_copy(update=changes))
        run_jobs(WORKER, tuple(jobs), check=lambda: None, progress=lambda done: None, timeout_s=120)
        entries = [entry for stub in stubs for entry in stub.log()]
    return row_of(rate, "servegauge", clients, mean_tpot_s(jobs, rate), entries)


def mean_tpot_s(jobs: Sequence[PointJob], rate: int) -> float:
    """Return the mean TPOT of all streams. Raises RuntimeError if some have none."""
    rows = [row for job in jobs for row in read_rows(job.folder / REQUESTS, RequestRow)]
    tpot = [row.tpot_s for row in rows if row.tpot_s is not None]
    if len(tpot) < STREAMS:
        raise RuntimeError(f"{STREAMS - len(tpot)} of {STREAMS} streams at {rate:,} tok/s have no TPOT")
    return fmean(tpot)


def measure_evalscope(rate: int, folder: Path) -> Row:
    """Measure with EvalScope's own command, which is one process."""
    folder.mkdir(parents=True)
    with running_stubs(rate, 1) as (stub,):
        reported = evalscope(workload_of(stub, rate, folder))
        entries = [entry for entry in stub.log() if entry.tokens]
    return row_of(rate, "evalscope", 1, reported.tpot_mean, entries)


def workload_of(stub: Stub, rate: int, folder: Path) -> Workload:
    """Return a load of streams that start at once and last for some seconds at this rate."""
    size = Size(
        concurrency=STREAMS,
        requests=STREAMS,
        input_tokens=INPUT_TOKENS,
        output_tokens=SECONDS * rate // STREAMS,
    )
    return workload_on(stub, size, folder)


@contextmanager
def running_stubs(rate: int, number: int) -> Iterator[list[Stub]]:
    """Run stubs that together send `rate` tokens per second, on the processors that send no load."""
    stubs = []
    with ExitStack() as stack:
        for index in range(number):
            stub = stub_server(ttft=TTFT_S, itl=STREAMS / rate, prompt_tokens=INPUT_TOKENS)
            stubs.append(stack.enter_context(stub))
            os.sched_setaffinity(stubs[-1].pid, {STUB_PROCESSORS[index % len(STUB_PROCESSORS)]})
        yield stubs


def measured_rows(rates: Sequence[int], clients: Sequence[int], folder: Path) -> Iterator[Row]:
    """Measure every rate with every number of load processes and with EvalScope."""
    make_tokenizer(folder / "tokenizer")
    for rate in rates:
        for number in clients:
            yield measure_servegauge(rate, number, folder / f"{rate}-{number}")
        yield measure_evalscope(rate, folder / f"{rate}-evalscope")


def main() -> None:
    """Print the table as Markdown, and up to which rate each tool is accurate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[10_000, 25_000, 50_000, 75_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    os.sched_setaffinity(0, set(CLIENT_PROCESSORS))  # every load process inherits it
    fork_server.warm_up()
    senders, responders = len(CLIENT_PROCESSORS), len(STUB_PROCESSORS)
    print(
        f"load average {os.getloadavg()[0]:.1f} before; {senders} processors send, {responders} respond",
        file=sys.stderr,
    )
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    rows = []
    with TemporaryDirectory(prefix="capacity-") as name:
        for row in measured_rows(options.rates, options.clients, Path(name)):
            print(row.markdown(), flush=True)
            rows.append(row)
    fork_server.shut_down()
    print("", *limits(rows), sep="\n")


if __name__ == "__main__":
    main()
