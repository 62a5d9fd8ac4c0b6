"""The command `servegauge merge`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS


def merge(
    places: Annotated[
        list[str], typer.Argument(help="Folders or s3:// addresses of results.", metavar="DIR...")
    ],
    results: ResultsOption = RESULTS,
) -> None:
    """Copy the runs of other results into this one.

    A run that is in several places is there once. If its rows differ between two places, nothing is copied.
    Runs that have not ended stay where they are. The other places are not changed.

    \b
    Examples:
      servegauge merge ../laptop/results s3://my-bucket/results
      servegauge merge results --results s3://my-bucket/results
    """
    from tasks.config.results_location import existing_results, results_location
    from tasks.record import merge as merging
    from tasks.record.store import Store

    target = Store(results_location(results))
    done = merging.merge(target, [Store(existing_results(place)) for place in places])
    typer.echo(f"{len(done.added):,} runs added to {target.location}, {len(done.known):,} were there")
    for run_id in done.running:
        typer.echo(f"{run_id} has not ended, and was left where it is", err=True)
    for name in done.kept_names:
        typer.echo(f"the baseline {name} means another run here, and still does", err=True)
