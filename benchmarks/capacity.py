"""Up to which token rate the times stay true: load generators against stubs, each on processors of its own.

python -m benchmarks.capacity [--rates 10000 25000 50000 75000 100000] [--clients 1 2]

Half of the machine's processors, at most two, send; the others answer, a stub a processor. EvalScope's own
command is asked the same of one stub.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from benchmarks.others import Ask, Said, evalscope
from benchmarks.own import point_job
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.processes.run_jobs import run_jobs
from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.point import WORKER
from tasks.measure.speed.request_row import RequestRow
from tests.stub.log import Row
from tests.stub.process import Stub, stub_server
from tests.stub.tokenizer import make_tokenizer

NEAR = 0.02
SLOTS, SECONDS, TTFT_S, INPUT_TOKENS = 100, 4, 0.2, 64
HEAD = ("offered tok/s", "tool", "processes", "sent by the stubs", "TPOT ms", "server", "off")
ALL = sorted(os.sched_getaffinity(0))
OURS = ALL[: min(2, max(1, len(ALL) // 2))]
STUBS = ALL[len(OURS) :] or ALL


@dataclass(frozen=True)
class Line:
    """A line of the table: how many tokens a second were sent, and by what share a tool's TPOT was off."""

    tool: str
    sent: float
    off: float
    text: str


def line(rate: int, tool: str, processes: int, said_s: float, seen: Sequence[Row]) -> Line:
    """What a tool said, beside what the stubs did."""
    own = fmean(each.itl for each in seen)
    first = min(each.first_sent or 0.0 for each in seen)
    sent = sum(each.tokens for each in seen) / (max(each.last_sent or 0.0 for each in seen) - first)
    cells = (f"{rate:,}", tool, str(processes), f"{sent:,.0f}", f"{said_s * 1000:.3f}", f"{own * 1000:.3f}")
    off = said_s / own - 1
    return Line(f"{tool}, {processes} processes", sent, off, f"| {' | '.join(cells)} | {off:+.2%} |")


def limits(lines: Sequence[Line]) -> Iterator[str]:
    """Up to which rate each tool was true, of those that the stubs have sent."""
    for tool in dict.fromkeys(each.tool for each in lines):
        own = sorted((each for each in lines if each.tool == tool), key=lambda each: each.sent)
        true = list(takewhile(lambda each: abs(each.off) <= NEAR, own))
        reached = true[-1].sent if true else 0.0
        yield f"{tool}: within {NEAR:.0%} up to {reached:,.0f} of {own[-1].sent:,.0f} tok/s sent"


def servegauge(rate: int, clients: int, folder: Path) -> Line:
    """So many load processes, each with its share of the streams; they are spread over the stubs."""
    with stubs(rate, min(clients, len(STUBS))) as found:
        whole = point_job(ask_of(found[0], SLOTS, rate, folder))
        jobs = tuple(
            _share(whole, number, clients, found[number % len(found)], folder) for number in range(clients)
        )
        run_jobs(WORKER, jobs, check=lambda: None, progress=lambda done: None, timeout_s=120)
        rows = list(chain.from_iterable(read_rows(job.folder / REQUESTS, RequestRow) for job in jobs))
        seen = [each for stub in found for each in stub.log()]
    tpot = [each.tpot_s for each in rows if each.tpot_s is not None]
    if len(tpot) < SLOTS:
        raise RuntimeError(f"{SLOTS - len(tpot)} of {SLOTS} streams at {rate:,} tok/s have no TPOT")
    return line(rate, "servegauge", clients, fmean(tpot), seen)


def evalscope_alone(rate: int, folder: Path) -> Line:
    """One EvalScope process, as its command runs it."""
    folder.mkdir(parents=True)
    with stubs(rate, 1) as (stub,):
        said: Said = evalscope(ask_of(stub, SLOTS, rate, folder))
        seen = [each for each in stub.log() if each.tokens]
    return line(rate, "evalscope", 1, said.tpot_mean, seen)


def ask_of(stub: Stub, slots: int, rate: int, folder: Path) -> Ask:
    """Streams that last some seconds at this rate, all at once."""
    tokenizer = str(folder.parent / "tokenizer")
    tokens = SECONDS * rate // SLOTS
    return Ask(stub.root, stub.model, tokenizer, slots, slots, tokens, folder, INPUT_TOKENS)


@contextmanager
def stubs(rate: int, count: int) -> Iterator[list[Stub]]:
    """Stubs that together send so many tokens a second, on the processors that do not measure."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(stub_server(ttft=TTFT_S, itl=SLOTS / rate, prompt_tokens=INPUT_TOKENS))
            for _ in range(count)
        ]
        for number, stub in enumerate(found):
            os.sched_setaffinity(stub.pid, {STUBS[number % len(STUBS)]})
        yield found


def _share(whole: PointJob, number: int, of: int, stub: Stub, folder: Path) -> PointJob:
    endpoint = whole.endpoint.model_copy(update={"url": stub.url})
    changes = {"only": whole.parts(of)[number], "endpoint": endpoint, "folder": folder / str(number)}
    return whole.model_copy(update=changes)


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[10_000, 25_000, 50_000, 75_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    os.sched_setaffinity(0, set(OURS))  # inherited by every load process
    fork_server.warm_up()
    print(
        f"load average {os.getloadavg()[0]:.1f} before; {len(OURS)} processors send, {len(STUBS)} answer",
        file=sys.stderr,
    )
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    lines = list[Line]()
    with TemporaryDirectory(prefix="capacity-") as name:
        make_tokenizer(Path(name) / "tokenizer")
        for rate in given.rates:
            for clients in given.clients:
                lines.append(servegauge(rate, clients, Path(name) / f"{rate}-{clients}"))
                print(lines[-1].text, flush=True)
            lines.append(evalscope_alone(rate, Path(name) / f"{rate}-evalscope"))
            print(lines[-1].text, flush=True)
    fork_server.shut_down()
    print("", *limits(lines), sep="\n")


if __name__ == "__main__":
    main()
