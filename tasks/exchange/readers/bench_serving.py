"""What the files of `vllm bench serve` and of SGLang's bench_serving, which grew from it, have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tasks.config.load import Load, read_load
from tasks.exchange.foreign_file import Fields, number
from tasks.exchange.readers.reader import MILLI, check_no_ramp, check_one_kind, enough_for
from tasks.stats import PERCENTILE_NEEDS


def load_of(content: Fields, requests: int, path: Path) -> Load:
    """Return the load. Without a limit and a finite rate, all requests are sent at once.

    Raises:
        InputError: the rate grows with time, or has a limit of requests at once.
    """
    check_no_ramp(content.get("ramp_up_strategy"), path)
    concurrency, rate = number(content, "max_concurrency"), number(content, "request_rate")
    check_one_kind(concurrency, rate, path)
    if concurrency:
        return read_load({"concurrency": int(concurrency), "requests": requests})
    if rate:
        shape = number(content, "burstiness") or 1.0  # of Poisson arrivals; a high one is nearly even
        burstiness = min(shape, 1000.0) if shape > 0 and shape != 1 else None
        return read_load({"rate": rate, "requests": requests, "burstiness": burstiness})
    return read_load({"burst": requests})


def figures_of(
    content: Fields, succeeded: int, throughputs: Mapping[str, str], times: Mapping[str, str]
) -> dict[str, float | None]:
    """Return the figures of one load.

    Args:
        content: the fields of the load.
        succeeded: its completed requests.
        throughputs: our name of each throughput, and the tool's.
        times: our name of each time, and the tool's.
    """
    figures = {
        "duration_s": number(content, "duration"),
        **{ours: number(content, theirs) for ours, theirs in throughputs.items()},
        "input_tokens_mean": _mean(content, "total_input_tokens", succeeded),
        "output_tokens_mean": _mean(content, "total_output_tokens", succeeded),
    }
    for ours, theirs in times.items():
        figures[f"{ours}_mean_s"] = number(content, f"mean_{theirs}_ms", MILLI)
        for percent in PERCENTILE_NEEDS:
            name = f"median_{theirs}_ms" if percent == 50 else f"p{percent}_{theirs}_ms"
            known = enough_for(percent, succeeded)
            figures[f"{ours}_p{percent}_s"] = number(content, name, MILLI) if known else None
    return figures


def _mean(content: Fields, name: str, succeeded: int) -> float | None:
    total = number(content, name)
    return total / succeeded if total is not None and succeeded else None
