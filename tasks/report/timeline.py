"""Reads the curves of the report's timeline chart from the table `telemetry`."""

from __future__ import annotations

from typing import Literal, NamedTuple

import polars as pl

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metrics_registry import names_of
from tasks.probe.gpu_source import POWER, UTILIZATION
from tasks.probe.machine_source import BUSY, OTHERS
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.report_input import TimelineCurve

MOST_SAMPLES = 600
"""Highest number of values that a curve shows; longer telemetry is thinned out evenly."""


class CurveSpec(NamedTuple):
    """Which telemetry makes a curve, and where the chart shows it.

    `metric`: its name without the suffix of a GPU, or what a metric of the server means in any engine.
    `factor` turns the metric's unit into the panel's. `combine` makes one value of those that several GPUs
    or processes have at the same time.
    """

    panel: str
    name: str
    source: str
    metric: str | Meaning
    factor: float = 1
    combine: Literal["sum", "mean"] = "sum"


CURVES = (
    CurveSpec("Requests at the server", "running", "server", Meaning.RUNNING),
    CurveSpec("Requests at the server", "waiting", "server", Meaning.WAITING),
    CurveSpec("KV cache in use, %", "", "server", Meaning.KV_CACHE_USE, 100),
    CurveSpec("GPU power, W", "", "gpu", POWER),
    CurveSpec("GPU utilisation, %", "", "gpu", UTILIZATION, 100, "mean"),
    CurveSpec("CPUs in use, %", "all processes", "machine", BUSY, 100),
    CurveSpec("CPUs in use, %", "other processes", "machine", OTHERS, 100),
)
"""The registry: a new curve is a row here. A panel shows at most two."""


def read_timeline(store: Store, run: RunRecord) -> tuple[TimelineCurve, ...]:
    """Read the curves that the run's own telemetry holds. Raises RecordError."""
    telemetry = store.read("telemetry", run.run_id)
    curves = (_curve(telemetry, spec, run) for spec in CURVES)
    return tuple(curve for curve in curves if curve is not None)


def _curve(telemetry: pl.DataFrame, spec: CurveSpec, run: RunRecord) -> TimelineCurve | None:
    """The curve of one metric; None where it was not sampled."""
    is_sample = (pl.col("source") == spec.source) & _has_name(spec.metric)
    value = pl.col("value").sum() if spec.combine == "sum" else pl.col("value").mean()
    samples = telemetry.filter(is_sample).group_by("time").agg(value).sort("time")
    if samples.is_empty():
        return None
    samples = samples.gather_every(1 + samples.height // MOST_SAMPLES)
    return TimelineCurve(
        panel=spec.panel,
        name=spec.name,
        seconds=tuple((time - run.started_at).total_seconds() for time in samples["time"]),
        values=tuple((samples["value"] * spec.factor).to_list()),
    )


def _has_name(metric: str | Meaning) -> pl.Expr:
    """Whether a row is of this metric: of any GPU, or under the name that any engine gives it."""
    if isinstance(metric, Meaning):
        return pl.col("metric").is_in(names_of(metric))
    return pl.col("metric").str.contains(f"^{metric}(_gpu\\d+)?$")
