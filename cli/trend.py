"""The command `servegauge trend`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS


def trend(
    figure: Annotated[
        str, typer.Argument(help="A figure of load points by its column.", metavar="FIGURE")
    ] = "output_token_throughput",
    spec: Annotated[
        str | None, typer.Option("--spec", help="Only runs of this spec, by its name.", metavar="SPEC")
    ] = None,
    results: ResultsOption = RESULTS,
) -> None:
    """Print how a figure changed from run to run, and when.

    Each spec, model, hardware and load is a series of its own. A change is where the level of its runs
    changes by more than chance; what else changed with it (version, driver, settings) stands beside it.
    Series of fewer than eight runs cannot show one, and share a table at the end.

    \b
    Examples:
      servegauge trend
      servegauge trend ttft_mean_s --spec smoke
    """
    from rich.console import Console

    from tasks.record.no_rows import nothing_recorded
    from tasks.report.open_results import open_results
    from tasks.report.page.terminal import print_tables
    from tasks.report.trend.figure_series import figure_series
    from tasks.report.trend.trend_table import trend_tables

    store = open_results(results, lambda message: typer.echo(message, err=True))
    series = figure_series(store, figure, spec)
    print_tables(trend_tables(store, series), Console())
    if not series:
        unmeasured = f"no completed run in {store.location} has measured {figure}"
        typer.echo(nothing_recorded(store) or unmeasured, err=True)
