"""The command `servegauge dashboard`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS


def dashboard(
    results: ResultsOption = RESULTS,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="NUMBER", help="Port on 127.0.0.1.")] = 4300,
) -> None:
    """Show all recorded runs in a browser, and compare them.

    Only this machine reaches it. Ctrl-C stops it. Reload the page to see new runs.

    \b
    Examples:
      servegauge dashboard
      servegauge dashboard --results s3://my-bucket/results --port 4301
    """
    from operate.dashboard import run_dashboard
    from tasks.record.no_rows import say_if_empty
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    say_if_empty(store, lambda message: typer.echo(message, err=True))
    run_dashboard(store, port, typer.echo)
