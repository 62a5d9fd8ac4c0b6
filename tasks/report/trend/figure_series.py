"""A figure of one load over all runs of a spec on the same hardware, with its changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import fmean
from typing import Any, NamedTuple

import polars as pl

from tasks.config.base import Frozen
from tasks.config.objective import Objective
from tasks.errors import InputError
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.record.older_rows import label_of
from tasks.record.store import Store
from tasks.report.comparison.goodput_change import GOODPUT
from tasks.report.trend.change_points import ChangePoint, change_points, weights_by_repeats
from tasks.text import did_you_mean

_KIND = ("spec", "model", "cpu", "cpu_count", "gpu_names")
"""Columns of `runs` that are equal in all runs of a series. With GPUs, `cpu_count` may differ."""


class SeriesKey(NamedTuple):
    """The key of a series. `objectives`: of goodput, which counts the requests that meet them; else empty."""

    spec: str
    model: str
    hardware: str
    sweep: str
    load: str
    objectives: str = ""

    @property
    def text(self) -> str:
        """The key as the title of a table."""
        return " · ".join(part for part in self if part)


class SeriesRun(Frozen):
    """One run of a series. `values`: of its repeats. `suspect`: whether one of them is."""

    run_id: str
    started_at: datetime
    engine_version: str | None
    values: tuple[float, ...]
    suspect: bool

    @property
    def mean(self) -> float:
        """The mean over the repeats."""
        return fmean(self.values)


class FigureSeries(Frozen):
    """The runs of a series, oldest first, and where their level changes."""

    key: SeriesKey
    figure: str
    runs: tuple[SeriesRun, ...]
    changes: tuple[ChangePoint, ...]

    @property
    def segments(self) -> list[tuple[SeriesRun, ...]]:
        """The runs between the changes."""
        bounds = [0, *(change.position for change in self.changes), len(self.runs)]
        return [self.runs[start:end] for start, end in pairwise(bounds)]


def figure_series(store: Store, figure: str, spec: str | None = None) -> tuple[FigureSeries, ...]:
    """Return the series of a figure, by spec, model, hardware, sweep and load; of goodput by objectives too.

    Only completed runs count, and only points that they measured themselves and that are not invalid.

    Args:
        store: the tables.
        figure: a figure of load points by name.
        spec: only this spec; None for all.

    Raises:
        InputError: no figure is called so.
        RecordError: a table cannot be read.
    """
    if figure not in BY_NAME:
        alike = [name for name in BY_NAME if figure in name] or BY_NAME
        nearest = did_you_mean(figure, BY_NAME).strip()
        raise InputError(f"no figure is called {figure!r}", nearest or f"there are: {', '.join(alike)}")
    runs = {row["run_id"]: row for row in _completed(store, spec).iter_rows(named=True)}
    points = _points(store, figure).filter(pl.col("run_id").is_in(list(runs)))
    by_key: dict[SeriesKey, dict[str, list[dict[str, Any]]]] = {}
    for row in points.iter_rows(named=True):
        by_run = by_key.setdefault(_key(runs[row["run_id"]], row, figure), {})
        by_run.setdefault(row["run_id"], []).append(row)
    series = []
    for key, by_run in sorted(by_key.items()):
        ordered = tuple(_series_runs(runs, by_run, figure))
        weights = weights_by_repeats([run.values for run in ordered])
        changes = change_points([run.mean for run in ordered], weights)
        series.append(FigureSeries(key=key, figure=figure, runs=ordered, changes=changes))
    return tuple(series)


def _completed(store: Store, spec: str | None) -> pl.DataFrame:
    columns = ("run_id", "started_at", "engine_version", *_KIND)
    wanted = pl.col("outcome") == "completed"
    if spec is not None:
        wanted = wanted & (pl.col("spec") == spec)
    return store.read("runs", query=lambda rows: rows.filter(wanted).select(columns))


def _points(store: Store, figure: str) -> pl.DataFrame:
    """Return the points that a run measured itself; a reused one says nothing about its run."""
    columns = ("run_id", "sweep", "load_label", "concurrency", "rate", "objectives", "verdict", figure)
    measured = ~pl.col("reused") & (pl.col("verdict") != "invalid") & (pl.col("succeeded") > 0)
    usable = measured & pl.col(figure).is_not_null()
    return store.read("points", query=lambda rows: rows.filter(usable).select(columns))


def _key(run: dict[str, Any], point: dict[str, Any], figure: str) -> SeriesKey:
    objectives = _request_bounds(point) if figure == GOODPUT.name else ""
    return SeriesKey(run["spec"], run["model"], _hardware(run), point["sweep"], label_of(point), objectives)


def _hardware(run: dict[str, Any]) -> str:
    """Return the GPUs and the processor; without GPUs, how many processors there are."""
    names = [name for name in (*(run["gpu_names"] or ()), run["cpu"]) if name]
    if names and run["cpu_count"] and not run["gpu_names"]:
        names.append(f"{run['cpu_count']} CPUs")
    return ", ".join(names)


def _request_bounds(point: dict[str, Any]) -> str:
    """Return the objectives that each request is judged by; one on `success` judges the whole point."""
    objectives = map(Objective.model_validate, point["objectives"] or ())
    return ", ".join(sorted(str(each) for each in objectives if each.bounds_time))


def _series_runs(
    runs: dict[str, dict[str, Any]], by_run: dict[str, list[dict[str, Any]]], figure: str
) -> Iterator[SeriesRun]:
    for run_id in sorted(by_run, key=lambda run_id: (runs[run_id]["started_at"], run_id)):
        points: Sequence[dict[str, Any]] = by_run[run_id]
        yield SeriesRun(
            run_id=run_id,
            started_at=runs[run_id]["started_at"],
            engine_version=runs[run_id]["engine_version"],
            values=tuple(point[figure] for point in points),
            suspect=any(point["verdict"] == "suspect" for point in points),
        )
