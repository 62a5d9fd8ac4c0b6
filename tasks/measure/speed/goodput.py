"""Goodput: the rate of requests that meet every objective, each by its own figures; pure.

After Zhong et al., "DistServe: Disaggregating Prefill and Decoding for Goodput-optimized Large Language Model
Serving", OSDI 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from tasks.config.objective import Objective
from tasks.measure.speed.request_row import RequestRow


def goodput(objectives: Sequence[Objective], duration_s: float, rows: Sequence[RequestRow]) -> float | None:
    """Succeeded requests per second that meet every objective themselves; None without objectives.

    A bound on any statistic of a time applies to the request's own time; of ITL, to the mean of its gaps.
    A request that lacks a figure (the TPOT of one token) does not miss its bound.
    """
    if not objectives:
        return None
    succeeded = [row for row in rows if row.succeeded and not row.warmup]
    met = sum(all(_meets(row, objective) for objective in objectives) for row in succeeded)
    return met / duration_s if duration_s > 0 else 0.0


def _meets(row: RequestRow, objective: Objective) -> bool:
    match objective.figure:
        case "itl":
            value = fmean(row.itl_s) if row.itl_s else None
        case "success":
            value = None
        case figure:
            value = getattr(row, f"{figure}_s")
    return value is None or value <= objective.bound
