"""Prefect's cache as this pipeline uses it: results beside the tables, keys written by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from prefect import Task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.context import TaskRunContext
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore

P = ParamSpec("P")
R = TypeVar("R")


def _key_of_entry(_: TaskRunContext, parameters: dict[str, Any]) -> str:
    return str(parameters["entry"].key)


BY_KEY = CacheKeyFnPolicy(cache_key_fn=_key_of_entry)
"""The key of the task's `entry` parameter, and nothing else."""


def cache_folder(results: Path) -> Path:
    """Inside the results folder: who deletes that wants to measure again."""
    return results / "cache"


def cached(task: Task[P, R], results: Path, refresh: bool) -> Callable[P, R]:
    """The task with its results kept under `results`; `refresh` measures again and replaces them."""
    folder = cache_folder(results)
    folder.mkdir(parents=True, exist_ok=True)
    return cast(Callable[P, R], task.with_options(result_storage=folder, refresh_cache=refresh))


def is_cached(results: Path, key: str) -> bool:
    """Whether the task with this key would be taken from the cache."""
    folder = cache_folder(results)
    return folder.is_dir() and ResultStore(result_storage=LocalFileSystem(basepath=str(folder))).exists(key)
