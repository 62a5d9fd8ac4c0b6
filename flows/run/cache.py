"""Prefect's cache as this pipeline uses it: results beside the tables, keys written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from prefect import Task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.context import TaskRunContext
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore

from flows.run.context import Run
from flows.ui import console
from tasks.config.results_location import ResultsLocation
from tasks.errors import RecordError
from tasks.record import bucket_sync

CACHE = "cache"
P = ParamSpec("P")
R = TypeVar("R")


def _key_of_entry(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    return str(parameters["entry"].key)


BY_KEY = CacheKeyFnPolicy(cache_key_fn=_key_of_entry)
"""The key of the task's `entry` parameter, and nothing else."""


@contextmanager
def synced_bucket(run: Run) -> Iterator[None]:
    """Where the tables go to a bucket, so do cache and files; what others cached is used."""
    bucket_sync.download(run.results, CACHE)
    try:
        yield
    finally:
        try:
            bucket_sync.upload(run.results, CACHE)
            bucket_sync.upload(run.results, f"files/{run.id}")
        except RecordError as error:  # the tables are there
            console.stage("record", f"{error.what}; what is missing there lies in {run.folder}", "yellow")


def cache_folder(results: ResultsLocation) -> Path:
    """Inside the results folder: who deletes that wants to measure again."""
    return results.folder / CACHE


def with_cache(task: Task[P, R], results: ResultsLocation, refresh: bool) -> Callable[P, R]:
    """The task with its results kept under `results`; `refresh` measures again and replaces them."""
    folder = cache_folder(results)
    folder.mkdir(parents=True, exist_ok=True)
    return cast(Callable[P, R], task.with_options(result_storage=folder, refresh_cache=refresh))


def forget(results: ResultsLocation, key: str) -> None:
    """Keep no older figure in place of one that was measured again and must not be used."""
    bucket_sync.remove(results, f"{CACHE}/{key}")


def is_cached(results: ResultsLocation, key: str) -> bool:
    """Whether the task with this key would be taken from the cache."""
    folder = cache_folder(results)
    return folder.is_dir() and ResultStore(result_storage=LocalFileSystem(basepath=str(folder))).exists(key)
