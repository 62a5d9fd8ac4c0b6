"""The commands `servegauge baseline set`, `list` and `remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS

baseline = typer.Typer(help="Name runs to compare with: gates take the names.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The baseline's name, such as release.", metavar="NAME")]


@baseline.command("set")
def set_baseline(
    name: NameArgument,
    run: Annotated[str, typer.Argument(help=RUN_WORDS, metavar="RUN", autocompletion=complete.runs)],
    results: ResultsOption = RESULTS,
) -> None:
    """Give NAME to a run; it may have been another run's.

    `servegauge compare NAME last` and a gate's `baseline: NAME` then mean this run, and `servegauge prune`
    keeps it.

    \b
    Example:
      servegauge baseline set release last
    """
    from tasks.record import named_baselines
    from tasks.record.named_run import find_run
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    run_id = find_run(store, run)
    before = named_baselines.set_baseline(store, name, run_id)
    typer.echo(f"{name} is {run_id}" + (f", and was {before}" if before not in (None, run_id) else ""))


@baseline.command("list")
def list_baselines(results: ResultsOption = RESULTS) -> None:
    """List the baselines and their runs."""
    from tasks.record.named_baselines import baselines
    from tasks.record.no_rows import say_if_empty
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    say_if_empty(store, lambda message: typer.echo(message, err=True))
    names, recorded = baselines(store), set(store.run_ids())
    for name, run_id in names.items():
        typer.echo(f"{name}  {run_id}" + ("" if run_id in recorded else "  (no longer recorded)"))
    if not names:
        typer.echo(f"no baseline is set in {store.location}")


@baseline.command("remove")
def remove_baseline(name: NameArgument, results: ResultsOption = RESULTS) -> None:
    """Remove a baseline's name; its run stays."""
    from tasks.record import named_baselines
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    typer.echo(f"{name} no longer names {named_baselines.remove_baseline(store, name)}")
