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
"""Maximum number of values of a curve. Longer telemetry is thinned out evenly."""


class CurveSpec(NamedTuple):
    """The telemetry of a curve, and the panel that shows it.

    `metric`: a metric name without the GPU suffix, or the Meaning that a server metric has in every engine.
    `factor` converts the metric's unit into the panel's. `combine` reduces simultaneous values of several
    GPUs or processes to one.
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
"""The registry of curves. To add a curve, add an entry. A panel shows at most two curves."""


def read_timeline(store: Store, run: RunRecord) -> tuple[TimelineCurve, ...]:
    """Return the curves in the run's own telemetry. Raise RecordError if the table cannot be read."""
    telemetry = store.read("telemetry", run.run_id)
    curves = (_curve(telemetry, spec, run) for spec in CURVES)
    return tuple(curve for curve in curves if curve is not None)


def _curve(telemetry: pl.DataFrame, spec: CurveSpec, run: RunRecord) -> TimelineCurve | None:
    """Return the curve of one metric; None if the metric was not sampled."""
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
    """Return an expression that selects the metric's rows, for any GPU and any engine's metric name."""
    if isinstance(metric, Meaning):
        return pl.col("metric").is_in(names_of(metric))
    return pl.col("metric").str.contains(f"^{metric}(_gpu\\d+)?$")
