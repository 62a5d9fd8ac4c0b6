"""The command `servegauge compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import RESULTS, ResultsOption
from tasks.config.results_location import results_location

WorseThanOption = Annotated[
    float | None,
    typer.Option(
        "--worse-than",
        min=0,
        max=100,
        help="Exit with 1 where a figure is worse by more than this per cent, noise excluded.",
    ),
]


def compare(
    runs: Annotated[list[str], typer.Argument(help="Ids of recorded runs; the first is the base.")],
    results: ResultsOption = RESULTS,
    worse_than: WorseThanOption = None,
) -> None:
    """Print recorded runs side by side, with the change against the first."""
    from rich.console import Console

    from flows.compare import check_run_count, load_runs, regression_error, regressions
    from tasks.report.comparison.tables import comparison
    from tasks.report.page.terminal import print_tables

    check_run_count(runs)
    found = load_runs(runs, results_location(results))
    print_tables(comparison(found), Console())
    if worse_than is not None and (lines := regressions(found, worse_than)):
        raise regression_error(lines, worse_than)
