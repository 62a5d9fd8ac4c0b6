"""What the telemetry of a run shows over time, gathered for a chart."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from tasks.probe.gpu_source import POWER, UTILIZATION
from tasks.probe.machine_source import BUSY, OTHERS
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.report_input import Line

SHOWN = 600
"""At most so many values of a line are drawn."""


class Wanted(NamedTuple):
    """A line of the chart: where it is drawn, which readings it is made of, and what they count there.

    `all_of_them`: how readings of several cards or processes at one moment become one value.
    """

    panel: str
    name: str
    source: str
    metric: str
    factor: float = 1
    all_of_them: str = "sum"


WANTED = (
    Wanted("Requests at the server", "running", "server", "vllm:num_requests_running"),
    Wanted("Requests at the server", "waiting", "server", "vllm:num_requests_waiting"),
    Wanted("KV cache in use, %", "", "server", "vllm:kv_cache_usage_perc", 100),
    Wanted("GPU power, W", "", "gpu", POWER),
    Wanted("GPU utilisation, %", "", "gpu", UTILIZATION, 100, "mean"),
    Wanted("Processors of the machine, %", "all", "machine", BUSY, 100),
    Wanted("Processors of the machine, %", "others'", "machine", OTHERS, 100),
)


def timeline(store: Store, run: RunRecord) -> tuple[Line, ...]:
    """The lines that the run's own telemetry holds. Raises RecordError."""
    telemetry = store.read("telemetry", run.run_id)
    return tuple(line for wanted in WANTED if (line := _line(telemetry, wanted, run)) is not None)


def _line(telemetry: pl.DataFrame, wanted: Wanted, run: RunRecord) -> Line | None:
    ours = (pl.col("source") == wanted.source) & pl.col("metric").str.contains(
        f"^{wanted.metric}(_gpu\\d+)?$"
    )
    value = pl.col("value").sum() if wanted.all_of_them == "sum" else pl.col("value").mean()
    found = telemetry.filter(ours).group_by("time").agg(value).sort("time")
    if found.is_empty():
        return None
    found = found.gather_every(1 + found.height // SHOWN)
    return Line(
        panel=wanted.panel,
        name=wanted.name,
        seconds=tuple((time - run.started_at).total_seconds() for time in found["time"]),
        values=tuple((found["value"] * wanted.factor).to_list()),
    )
