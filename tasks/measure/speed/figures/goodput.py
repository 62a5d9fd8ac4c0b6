"""Goodput: the rate of requests whose own figures meet every objective; pure.

After Zhong et al., "DistServe: Disaggregating Prefill and Decoding for Goodput-optimized Large Language Model
Serving", OSDI 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from tasks.config.objective import Objective
from tasks.measure.speed.request_row import RequestRow


def goodput(objectives: Sequence[Objective], duration_s: float, rows: Sequence[RequestRow]) -> float | None:
    """Return the succeeded requests per second that each meet every objective; None without objectives.

    A bound on a statistic of a time, such as p99 TTFT, applies to the time of each request. A bound on ITL
    applies to the mean gap of each request. A request that lacks a figure, such as the TPOT of a single
    token, meets the bound on that figure. So does a request of another part than the one that is bounded.
    """
    if not objectives:
        return None
    succeeded = [row for row in rows if row.succeeded and not row.warmup]
    met = sum(all(_meets(row, objective) for objective in objectives) for row in succeeded)
    return met / duration_s if duration_s > 0 else 0.0


def _meets(row: RequestRow, objective: Objective) -> bool:
    if objective.part not in (None, row.part):
        return True
    match objective.figure:
        case "itl":
            value = fmean(row.itl_s) if row.itl_s else None
        case "success":
            value = None
        case figure:
            value = getattr(row, f"{figure}_s")
    return value is None or value <= objective.bound
