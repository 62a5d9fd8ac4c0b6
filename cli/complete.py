"""What the shell offers for an argument: specs, runs and tables. Reads file names only."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from tasks.config.results_location import RESULTS


def specs(incomplete: str) -> list[str]:
    """Offer the bundled specs; without a match, the shell completes file names."""
    from tasks.config.spec_file import spec_names

    return _beginning(spec_names(), incomplete)


def runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer `last`, `previous` and the ids in the results folder, newest first; not those in a bucket."""
    from tasks.config.results_location import results_location
    from tasks.errors import InputError

    try:
        location = results_location(ctx.params.get("results") or RESULTS)
    except InputError:
        return []
    files = (location.folder / "runs").glob("*.parquet")
    ids = sorted({file.stem.partition("--")[0] for file in files}, reverse=True)
    return _beginning(["last", "previous", *ids], incomplete)


def tables(incomplete: str) -> list[str]:
    """Offer the results tables."""
    from tasks.record.schemas import TABLES

    return _beginning(TABLES, incomplete)


def _beginning(names: Iterable[str], start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]
