"""Reads a line for each recorded run: what it measured, whether that is valid, and its best figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from tasks.config.base import Frozen
from tasks.record.older_rows import label_of
from tasks.record.store import Store
from tasks.report.formats import score_name

SHOWN = (
    "output_token_throughput",
    "request_throughput",
    "ttft_mean_s",
    "ttft_p99_s",
    "tpot_mean_s",
    "latency_p99_s",
)
"""The figures of a load that the page shows, by their names in the figure registry."""
_LOAD = ("run_id", "sweep", "load")


class LoadLine(Frozen):
    """One load of a run.

    `figures`: means over its repeats, None where missing. `suspect`: a repeat is. `unmet`: a repeat does not
    meet its sweep's objectives, or cannot be judged by them.
    """

    sweep: str
    load: str
    suspect: bool
    unmet: bool = False
    figures: dict[str, float | None]


class ScoreLine(Frozen):
    """One score of a run, with its 95 % interval where it is known."""

    name: str
    value: float
    low: float | None
    high: float | None


class RunLine(Frozen):
    """One run. Load points that are invalid or without a success are counted, and have no LoadLine.

    `hardware`: the GPUs, or the CPU. `source`: the load generator of an imported run; empty for our own.
    `verdicts`: the number of load points by verdict.
    """

    run_id: str
    spec: str
    model: str
    engine: str
    engine_version: str
    hardware: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    source: str
    verdicts: dict[str, int]
    loads: tuple[LoadLine, ...]
    scores: tuple[ScoreLine, ...]

    @property
    def verdict(self) -> str:
        """The worst verdict of the load points; empty if there are none."""
        return next((name for name in ("invalid", "suspect", "valid") if self.verdicts.get(name)), "")

    @property
    def fastest(self) -> LoadLine | None:
        """The load with the most output tokens per second; of loads that are printed alike, the first.

        Valid loads come before suspect ones, then those that meet their objectives before others.
        """
        measured = [load for load in self.loads if load.figures["output_token_throughput"] is not None]
        return max(measured, key=_rank, default=None)


def run_lines(store: Store) -> tuple[RunLine, ...]:
    """Return the recorded runs, newest first.

    Raises:
        RecordError: a table cannot be read.
    """
    points = store.read("points", query=_read_columns).with_columns(load=_label())
    loads, verdicts = _loads_by_run(points), _verdicts_by_run(points)
    scores = _scores_by_run(store.read("scores"))
    runs = store.read("runs").sort("started_at", "run_id", descending=True)
    return tuple(
        _line(
            row, verdicts.get(row["run_id"], {}), loads.get(row["run_id"], []), scores.get(row["run_id"], [])
        )
        for row in runs.iter_rows(named=True)
    )


def _read_columns(points: pl.LazyFrame) -> pl.LazyFrame:
    """Read only what the page shows: the table has a hundred columns."""
    return points.select(
        *("run_id", "sweep", "load_label", "concurrency", "rate", "verdict", "succeeded"),
        *("objectives", "objectives_met", *SHOWN),
    )


def _line(
    row: Mapping[str, Any], verdicts: dict[str, int], loads: list[LoadLine], scores: list[ScoreLine]
) -> RunLine:
    order = {name: number for number, name in enumerate(row["sweeps"] or ())}
    loads.sort(key=lambda load: order.get(load.sweep, len(order)))
    return RunLine(
        run_id=row["run_id"],
        spec=row["spec"],
        model=row["model"],
        engine=row["engine"] or "",
        engine_version=row["engine_version"] or "",
        hardware=", ".join(row["gpu_names"] or ()) or row["cpu"] or "",
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        outcome=row["outcome"],
        source=row["source"] or "",
        verdicts=verdicts,
        loads=tuple(loads),
        scores=tuple(scores),
    )


def _label() -> pl.Expr:
    return pl.struct("load_label", "concurrency", "rate").map_elements(label_of, return_dtype=pl.String)


def _verdicts_by_run(points: pl.DataFrame) -> dict[str, dict[str, int]]:
    verdicts: dict[str, dict[str, int]] = {}
    for run_id, verdict, count in points.group_by("run_id", "verdict").len().iter_rows():
        verdicts.setdefault(run_id, {})[verdict] = count
    return verdicts


def _loads_by_run(points: pl.DataFrame) -> dict[str, list[LoadLine]]:
    usable = points.filter((pl.col("verdict") != "invalid") & (pl.col("succeeded") > 0))
    means = usable.group_by(_LOAD, maintain_order=True).agg(
        pl.col(SHOWN).mean(),
        suspect=(pl.col("verdict") == "suspect").any(),
        unmet=((pl.col("objectives").list.len() > 0) & ~pl.col("objectives_met").fill_null(False)).any(),
        level=pl.coalesce("rate", "concurrency").first(),
    )
    loads: dict[str, list[LoadLine]] = {}
    for row in means.sort("level", maintain_order=True).iter_rows(named=True):
        figures = {name: row[name] for name in SHOWN}
        names = ("sweep", "load", "suspect", "unmet")
        line = LoadLine(figures=figures, **{name: row[name] for name in names})
        loads.setdefault(row["run_id"], []).append(line)
    return loads


def _scores_by_run(scores: pl.DataFrame) -> dict[str, list[ScoreLine]]:
    lines: dict[str, list[ScoreLine]] = {}
    for row in scores.iter_rows(named=True):
        name = score_name(row["dataset"], row["subset"])
        line = ScoreLine(name=name, value=row["value"], low=row["ci_low"], high=row["ci_high"])
        lines.setdefault(row["run_id"], []).append(line)
    return lines


def _rank(load: LoadLine) -> tuple[bool, bool, float]:
    throughput = load.figures["output_token_throughput"] or 0.0
    return not load.suspect, not load.unmet, round(throughput, 1)  # the page shows one decimal
