"""Results that version 0.1.0 wrote (tests/fixtures) are still read, reported, compared and reused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tasks.config.home import checkout
from tasks.config.load import read_load
from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.record.read_run import recorded_requests
from tasks.record.results import RecordedAccuracy, RecordedPoint
from tasks.record.schemas import TABLES, TableName
from tasks.record.store import Store
from tasks.report.page.html import render_page
from tasks.report.read_report import read_report

OLD = checkout() / "tests" / "fixtures" / "results-0.1.0"
MEASURED, REUSED, FAILED = (
    "20261126-132040-fixture-a02f",
    "20261126-132106-fixture-358b",
    "20261126-132114-fixture-edcf",
)
"""A run that measured everything, one that reused it under other objectives, and one that failed."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A copy of the fixture, so that nothing is written into the fixture itself."""
    shutil.copytree(OLD, tmp_path / "results")
    return Store(tmp_path / "results")


def as_written(table: str) -> pl.DataFrame:
    """A table as the old version wrote it."""
    files = sorted((OLD / table).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files], how="vertical_relaxed")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_and_column_is_read(store: Store, table: TableName) -> None:
    written, read = as_written(table), store.read(table)
    assert read.height == written.height > 0
    assert set(written.columns) <= set(read.columns)
    assert store.run_ids() == (FAILED, REUSED, MEASURED)


@pytest.mark.parametrize("run_id", [MEASURED, REUSED, FAILED])
def test_every_figure_comes_back_as_it_was_written(store: Store, run_id: str) -> None:
    written = as_written("points").filter(pl.col("run_id") == run_id)
    points = read_report(store, run_id).points
    assert len(points) == written.height
    for point in points:
        result = point.result
        level = {"concurrency": None, "rate": None} | result.load.columns
        row = written.filter(
            (pl.col("sweep") == result.sweep)
            & (pl.col("requests") == result.requests)
            & (pl.col("repeat") == result.repeat)
            & pl.col("concurrency").eq_missing(level["concurrency"])
            & pl.col("rate").eq_missing(level["rate"])
        ).row(0, named=True)
        assert {figure.name: row.get(figure.name) for figure in FIGURES} == result.figures
        assert (point.verdict.verdict, result.succeeded) == (row["verdict"], row["succeeded"])
        assert [str(objective) for objective in result.objectives] == row["objectives"]
        assert len(point.verdict.checks) == 29


def test_a_reused_point_names_the_run_that_measured_it_and_finds_its_requests(store: Store) -> None:
    report = read_report(store, REUSED)
    written = as_written("points").filter((pl.col("run_id") == REUSED) & pl.col("reused"))
    reused = [point for point in report.points if point.run_id == MEASURED]
    assert len(reused) == written.height > 10
    assert not any(reason.startswith("reused") for point in reused for reason in point.verdict.reasons)
    assert report.accuracy[0].run_id == MEASURED
    open_loops = [point for point in reused if point.result.sweep == "open"]
    assert [point.result.load.label for point in open_loops] == ["rate12.5", "rate20"]
    for point in open_loops:  # the old version filed rate20 under rate20.0
        assert len(recorded_requests(store, point)) == 10


def test_a_failed_run_says_why(store: Store) -> None:
    report = read_report(store, FAILED)
    failed = [point for point in report.points if point.result.failed]
    assert {point.result.first_error for point in failed} == {"no whole answer within 0.03 s"}


@pytest.mark.parametrize("run_id", [MEASURED, REUSED, FAILED])
def test_the_page_shows_it(store: Store, run_id: str) -> None:
    page = render_page(read_report(store, run_id))
    assert "Sweep throughput" in page
    assert run_id in page


def cached(prefix: str) -> list[RecordedPoint | RecordedAccuracy]:
    """The results that the old version left in Prefect's cache, loaded as Prefect loads them."""
    from prefect.serializers import JSONSerializer

    results = []
    for file in sorted((OLD / "cache").glob(f"{prefix}-*")):
        text = json.loads(file.read_text(encoding="utf-8"))["result"]
        results.append(JSONSerializer().loads(text.encode()))
    return results


def test_cached_figures_are_still_reused() -> None:
    points = [point for point in cached("point") if isinstance(point, RecordedPoint)]
    assert {point.result.load.kind for point in points} == {"concurrency", "rate"}
    for point in points:
        row = as_written("points").filter(
            (pl.col("run_id") == point.run_id) & (pl.col("sweep") == point.result.sweep)
        )
        assert point.result["ttft_mean_s"] in row["ttft_mean_s"].to_list()
        assert point.result["output_token_throughput"] in row["output_token_throughput"].to_list()
    rate = next(point.result.load for point in points if point.result.load.kind == "rate")
    assert rate == read_load({"rate": rate.level, "requests": 10})
    (accuracy,) = cached("accuracy")
    assert isinstance(accuracy, RecordedAccuracy)
    assert accuracy.scores[-1].questions == 5
    assert len(cached("knee")) == 1
