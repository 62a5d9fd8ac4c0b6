"""The load that every load generator sends to a stub, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stub.process import Stub


@dataclass(frozen=True)
class Reported:
    """The figures that a load generator reported: seconds, and output tokens per second."""

    ttft_mean: float
    ttft_p99: float
    tpot_mean: float
    throughput: float


@dataclass(frozen=True)
class Workload:
    """One load on a stub: `requests` of `input_tokens` and `output_tokens`, `concurrency` at a time."""

    root: str
    model: str
    tokenizer: str
    concurrency: int
    requests: int
    output_tokens: int
    folder: Path
    input_tokens: int


@dataclass(frozen=True)
class Size:
    """How much a workload sends, whatever tool sends it."""

    concurrency: int
    requests: int
    input_tokens: int
    output_tokens: int


def workload_on(stub: Stub, size: Size, folder: Path) -> Workload:
    """Return a workload on a stub; make the folder that the tool writes to, if needed.

    Args:
        stub: the server.
        size: how much is sent.
        folder: the tool's folder; the tokenizer lies beside it.
    """
    folder.mkdir(exist_ok=True)
    return Workload(
        root=stub.root,
        model=stub.model,
        tokenizer=str(folder.parent / "tokenizer"),
        concurrency=size.concurrency,
        requests=size.requests,
        output_tokens=size.output_tokens,
        folder=folder,
        input_tokens=size.input_tokens,
    )
