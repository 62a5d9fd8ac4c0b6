"""The cache of figures beside the tables: files that Prefect writes, one for each cache key.

They are read here without Prefect, so that a run that measures nothing need not import it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from tasks.config.results_location import CACHE, ResultsLocation
from tasks.record import bucket_sync

Figure = TypeVar("Figure")


def is_cached(results: ResultsLocation, key: str) -> bool:
    """Return whether the cache holds a readable file under this key."""
    return _fields(results, key) is not None


def is_reusable(results: ResultsLocation, refresh: bool, key: str) -> bool:
    """Return whether an entry with this key needs no measurement in this run."""
    return not refresh and is_cached(results, key)


def cached_figure(results: ResultsLocation, key: str, kind: type[Figure]) -> Figure | None:
    """Return the figure under a key; None if there is none that can be read."""
    try:
        return TypeAdapter(kind).validate_python(_fields(results, key))
    except ValidationError:
        return None


def remove_from_cache(results: ResultsLocation, key: str) -> None:
    """Remove a figure, so that no run reuses it after a newer measurement failed."""
    bucket_sync.remove(results, f"{CACHE}/{key}")


def remove_runs_from_cache(results: ResultsLocation, run_ids: Collection[str]) -> int:
    """Remove the figures that some runs measured, so that no run reuses them; return how many."""
    bucket_sync.download(results, CACHE)
    files = sorted(path for path in results.cache_folder.glob("*") if path.is_file())
    keys = [path.name for path in files if _run_of(results, path.name) in run_ids]
    for key in keys:
        remove_from_cache(results, key)
    return len(keys)


def _run_of(results: ResultsLocation, key: str) -> str | None:
    fields = _fields(results, key)
    return fields.get("run_id") if isinstance(fields, dict) else None


def _fields(results: ResultsLocation, key: str) -> Any:
    """Return what Prefect stored of a figure; None if there is no file, or another kind of file."""
    try:
        record = json.loads((results.cache_folder / key).read_bytes())
        return json.loads(record["result"])["data"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
