"""The interface of a writer of another load generator's results, and what several writers need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tasks.config.load import Load
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.errors import InputError
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RunRecord
from tasks.stats import PERCENTILE_NEEDS

TIMES = ("ttft", "tpot", "itl", "latency")
Files = Mapping[str, Any]
"""The content of each file as JSON, by its path in the folder of the export."""


class Writer(NamedTuple):
    """Writes one load point in the form of one tool.

    `tool`: its key in TOOLS, and the NAME of `servegauge export run --as NAME`. `marked`: the end of the path
    that the mark of `exported_by.py` goes into, the file that a reader of the tool gets. `files`: every file
    of a point; raises InputError for a load that the form cannot express.
    """

    tool: str
    marked: str
    files: Callable[[RunRecord, PointResult], Files]


def ended(point: PointResult) -> int:
    """Return the number of requests that succeeded or failed. No form has a field for abandoned ones."""
    return point.succeeded + point.failed


def name_of(point: PointResult) -> str:
    """Return a name that no other point of the run has, as `throughput-c4-number20-1`."""
    return f"{point.sweep}-{point.load.label}-number{point.requests}-{point.repeat}"


def level_of(load: Load, form: str) -> tuple[int | None, float | None]:
    """Return the concurrency of a closed loop or the rate of an open one, and None for the other.

    Raises:
        InputError: the load changes with time; `form` names the tool whose files cannot say so.
    """
    if load.slots:
        return load.slots, None
    if isinstance(load, OpenLoop):
        return None, load.rate
    raise InputError(f"{form} has no field for the load {load.label}", "export another sweep with --sweep")


def check_poisson(load: Load, form: str) -> None:
    """Refuse an open loop whose arrivals are others than the form's, which a reader would take for Poisson.

    Raises:
        InputError: the gaps are equal, or come in bursts.
    """
    if isinstance(load, OpenLoop) and (load.arrival != "poisson" or load.burstiness):
        raise InputError(f"{form} has no field for the arrivals of {load.label}", "use Poisson")


def statistics(point: PointResult, time: str) -> dict[str, float]:
    """Return the mean and the known percentiles of a time in seconds, by `mean`, `p50` and so on."""
    names = ("mean", *(f"p{percent}" for percent in PERCENTILE_NEEDS))
    values = {name: point[f"{time}_{name}_s"] for name in names}
    return {name: value for name, value in values.items() if value is not None}


def total(mean: float | None, succeeded: int) -> int | None:
    """Return the sum of a count of tokens over the requests that succeeded."""
    return None if mean is None else round(mean * succeeded)
