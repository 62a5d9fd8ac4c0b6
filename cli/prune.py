"""The command `servegauge prune`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS

KeepOption = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        help="90d: runs of the last 90 days. 20: the 20 newest completed runs of each spec, model and "
        "hardware. RUN: that run. Repeatable; a run is kept if one of them says so.",
        metavar="90d|20|RUN",
    ),
]


def prune(
    keep: KeepOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
    results: ResultsOption = RESULTS,
) -> None:
    """Remove old runs: their rows, files and reusable figures.

    Baselines, runs that have not ended and runs whose figures a kept run reuses are always kept. What will be
    removed is printed, and asked for unless --yes is given.

    \b
    Examples:
      servegauge prune --keep 90d --keep 20
      servegauge prune --keep 50 --yes --results s3://my-bucket/results
    """
    from datetime import UTC, datetime

    from flows.run.figure_cache import remove_runs_from_cache
    from tasks.record.no_rows import say_if_empty
    from tasks.record.prune import check_removable, parsed_keep, plan_removal, remove
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    say_if_empty(store, lambda message: typer.echo(message, err=True))
    plan = plan_removal(store, parsed_keep(store, keep or ()), datetime.now(UTC))
    if plan.removed:
        check_removable(store, plan.removed)
    for run_id in plan.removed:
        typer.echo(f"remove  {run_id}")
    if plan.reused:
        typer.echo(f"keep    {len(plan.reused)} only because kept runs reuse their figures")
    typer.echo(f"{len(plan.removed):,} runs to remove, {plan.kept:,} to keep")
    if not plan.removed:
        return
    if not yes:
        typer.confirm(f"Remove them from {store.location}?", abort=True)
    removed_figures = remove_runs_from_cache(store.location, plan.removed)
    remove(store, plan.removed)
    typer.echo(f"removed {len(plan.removed):,} runs and {removed_figures:,} reusable figures")
