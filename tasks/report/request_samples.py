"""Reads the single requests that the charts show: their distributions by load, and a sample over the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from tasks.record.results import RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.report.load_repeats import usable_repeats
from tasks.report.request_charts_input import (
    TIMES,
    Distribution,
    RequestCounts,
    RequestSample,
    SampledRequest,
)
from tasks.stats import PERCENTILE_NEEDS, percentile

MOST_STEPS = 120
"""Values of a distribution that the page shows; of more requests, every so many in order of the value."""
MOST_REQUESTS = 3000
"""Requests that the page shows over time."""
MOST_SPECIAL = 300
"""Of these: the failed ones, and those with the highest TTFT, at most so many each."""


class LoadOfSweep(NamedTuple):
    """The name of a sweep, and the label of one of its loads."""

    sweep: str
    label: str


_KEYS = ("sweep", "label", "repeat")
_LABEL = (
    pl.when(pl.col("load_label").is_not_null())
    .then(pl.col("load_label"))
    .when(pl.col("rate").is_null())
    .then(pl.format("c{}", pl.col("concurrency")))
    .otherwise(pl.format("rate{}", pl.col("rate")))
)
"""The label of a load; version 0.1.0 recorded only its level."""


def read_distributions(store: Store, points: Sequence[RecordedPoint]) -> tuple[Distribution, ...]:
    """Return the times of the succeeded requests of each usable load, its repeats together.

    Raises:
        RecordError: the table cannot be read.
    """
    times = [f"{time}_s" for time in TIMES]
    distributions = []
    for load, rows in requests_by_load(store, points, times, pl.col("succeeded")):
        for time in TIMES:
            values = rows[f"{time}_s"].drop_nulls().sort().to_numpy()
            if len(values):
                distributions.append(_distribution(load, time, values))
    return tuple(distributions)


def requests_by_load(
    store: Store, points: Sequence[RecordedPoint], columns: Sequence[str], where: pl.Expr
) -> Iterator[tuple[LoadOfSweep, pl.DataFrame]]:
    """Yield columns of the measured requests of each usable load, its repeats together.

    Args:
        store: the tables.
        points: measured or reused ones; the requests are those of the runs that measured them.
        columns: of the table `requests`.
        where: which of these requests are wanted.

    Raises:
        RecordError: the table cannot be read.
    """
    usable = [point for repeats in usable_repeats(points) for point in repeats.points]
    run_ids = sorted({point.run_id for point in usable})
    tables = [_requests_of(store, run_id, usable, columns, where) for run_id in run_ids]
    if tables:
        for (sweep, label), rows in pl.concat(tables).group_by("sweep", "label", maintain_order=True):
            yield LoadOfSweep(str(sweep), str(label)), rows.select(columns)


def _requests_of(
    store: Store, run_id: str, points: Iterable[RecordedPoint], columns: Sequence[str], where: pl.Expr
) -> pl.DataFrame:
    """Return sweep, label and columns of the wanted requests that one run measured for these points."""
    keys = [
        (point.result.sweep, point.result.load.label, point.result.repeat)
        for point in points
        if point.run_id == run_id
    ]
    wanted = pl.LazyFrame(
        keys, schema=dict(zip(_KEYS, (pl.String, pl.String, pl.Int64), strict=True)), orient="row"
    )

    def query(requests: pl.LazyFrame) -> pl.LazyFrame:
        measured = requests.filter(where & ~pl.col("warmup")).with_columns(_LABEL.alias("label"))
        return measured.join(wanted, on=_KEYS).select("sweep", "label", *columns)

    return store.read("requests", run_id, query)


def _distribution(load: LoadOfSweep, time: str, values: np.ndarray) -> Distribution:
    """Return a distribution. `values` rise."""
    count = len(values)
    shown = np.unique(np.linspace(0, count - 1, min(count, MOST_STEPS)).round().astype(int))
    low, high = (5, 95) if count >= 20 else (0, 100)
    return Distribution(
        sweep=load.sweep,
        load_label=load.label,
        time=time,
        count=count,
        values=tuple(values[shown].tolist()),
        shares=tuple(((shown + 1) / count).tolist()),
        box=tuple(np.percentile(values, (low, 25, 50, 75, high, 100)).tolist()),
        percentiles=_percentiles(values.tolist()),
    )


def _percentiles(rising: Sequence[float]) -> dict[str, float]:
    """Return the percentiles for which there are enough values, by statistic."""
    found = {f"p{percent}": percentile(rising, percent) for percent in PERCENTILE_NEEDS}
    return {statistic: value for statistic, value in found.items() if value is not None}


def read_request_sample(store: Store, run: RunRecord) -> RequestSample | None:
    """Return the requests that a run sent itself, thinned out; None if it sent none. Raises RecordError."""
    columns = ("sweep", "load_label", "rate", "concurrency", "sent_at", "ttft_s", "latency_s", "succeeded")
    rows = store.read(
        "requests", run.run_id, lambda requests: requests.filter(~pl.col("warmup")).select(columns)
    )
    if rows.is_empty():
        return None
    rows = rows.with_columns(_LABEL.alias("label")).sort("sent_at")
    kept, counts = _thinned(rows)
    requests = tuple(
        SampledRequest(
            seconds=(row["sent_at"] - run.started_at).total_seconds(),
            sweep=row["sweep"],
            load_label=row["label"],
            ttft_s=row["ttft_s"],
            latency_s=row["latency_s"],
            succeeded=row["succeeded"],
        )
        for row in kept.iter_rows(named=True)
    )
    return RequestSample(requests=requests, counts=counts)


def _thinned(rows: pl.DataFrame) -> tuple[pl.DataFrame, RequestCounts]:
    """Return the rows to show: failed and slow ones, and every so many of the others."""
    if rows.height <= MOST_REQUESTS:
        return rows, RequestCounts(total=rows.height)
    numbered = rows.with_row_index("number")
    failed = _every(numbered.filter(~pl.col("succeeded")), MOST_SPECIAL)
    succeeded = numbered.filter(pl.col("succeeded"))
    slow = succeeded.sort("ttft_s", descending=True, nulls_last=True).head(MOST_SPECIAL)
    others = succeeded.join(slow, on="number", how="anti")
    step = 1 + others.height // (MOST_REQUESTS - failed.height - slow.height)
    kept = pl.concat([failed, slow, others.gather_every(step)]).sort("number").drop("number")
    return kept, RequestCounts(total=rows.height, slow=slow.height, failed=failed.height, step=step)


def _every(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most `most` rows, evenly spread."""
    return rows.gather_every(1 + (rows.height - 1) // most) if rows.height else rows
