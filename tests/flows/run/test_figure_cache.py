"""The files of the cache, as Prefect writes them and as a killed or older writer may leave them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.run.figure_cache import cached_figure, is_cached, is_reusable, remove_from_cache
from tasks.config.base import Frozen
from tasks.config.results_location import ResultsLocation
from tasks.record.results import RecordedAccuracy
from tests.record.test_older_results import OLD


class Figure(Frozen):
    """A figure."""

    value: int


@pytest.fixture
def results(tmp_path: Path) -> ResultsLocation:
    """A results folder with a cache."""
    (tmp_path / "cache").mkdir()
    return ResultsLocation(folder=tmp_path)


def store(results: ResultsLocation, content: str) -> None:
    """Write the file of the key `a`."""
    (results.cache_folder / "a").write_text(content)


def stored(data: object) -> str:
    """A figure as Prefect stores it."""
    return json.dumps({"metadata": {}, "result": json.dumps({"__class__": "x.Figure", "data": data})})


def test_a_figure_is_read_and_removed(results: ResultsLocation) -> None:
    store(results, stored({"value": 3}))
    assert cached_figure(results, "a", Figure) == Figure(value=3)
    assert is_reusable(results, False, "a")
    assert not is_reusable(results, True, "a")
    remove_from_cache(results, "a")
    assert not is_cached(results, "a")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"result": null}', '{"result": "3"}', "\x00"])
def test_a_damaged_file_is_no_figure(content: str, results: ResultsLocation) -> None:
    store(results, content)
    assert not is_cached(results, "a")
    assert cached_figure(results, "a", Figure) is None


def test_a_figure_of_another_form_is_not_read(results: ResultsLocation) -> None:
    store(results, stored({"another": 3}))
    assert cached_figure(results, "a", Figure) is None


def test_nothing_is_cached_in_a_new_folder(tmp_path: Path) -> None:
    assert not is_cached(ResultsLocation(folder=tmp_path / "new"), "a")


def test_the_cache_of_an_older_version_is_read() -> None:
    results = ResultsLocation(folder=OLD)
    (key,) = [path.name for path in results.cache_folder.glob("accuracy-*")]
    figure = cached_figure(results, key, RecordedAccuracy)
    assert figure is not None
    assert figure.scores
