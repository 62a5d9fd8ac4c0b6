"""What the shell offers for an argument: specs, runs and tables. Reads file names only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from tasks.config.results_location import RESULTS


def specs(incomplete: str) -> list[str]:
    """Offer the bundled specs; without a match, the shell completes file names."""
    from tasks.config.spec_file import spec_names

    return _beginning(spec_names(), incomplete)


def runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer `last`, `previous`, the baselines and the ids in the results folder; nothing of a bucket."""
    from tasks.config.results_location import results_location
    from tasks.errors import InputError

    try:
        location = results_location(ctx.params.get("results") or RESULTS)
    except InputError:
        return []
    ids = set[str]()
    with suppress(OSError):  # a folder that is closed to this user offers nothing
        ids.update(file.stem.partition("--")[0] for file in (location.folder / "runs").glob("*--*.parquet"))
    ids.update(
        run_id for batch in _json(location.folder / "compacted.json", "batches") for run_id in batch["runs"]
    )
    names = _json(location.folder / "baselines.json", "names")
    return _beginning(["last", "previous", *names, *sorted(ids, reverse=True)], incomplete)


def tables(incomplete: str) -> list[str]:
    """Offer the results tables."""
    from tasks.record.schemas import TABLES

    return _beginning(TABLES, incomplete)


def _json(path: Path, field: str) -> Any:
    """Return a field of a JSON file without the modules that check it, whose import takes long."""
    try:
        return json.loads(path.read_bytes())[field]
    except (OSError, ValueError, KeyError):
        return ()


def _beginning(names: Iterable[str], start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]
