"""The command `servegauge compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from flows.parameters import RESULTS
from tasks.config.results_location import results_location

WorseThanOption = Annotated[
    float | None,
    typer.Option(
        "--worse-than",
        min=0,
        max=100,
        help="Exit with 1 if a figure is worse by more than this per cent (scores: points), noise excluded.",
    ),
]


def compare(
    runs: Annotated[list[str], typer.Argument(help="Ids of recorded runs; the first is the base.")],
    results: ResultsOption = RESULTS,
    worse_than: WorseThanOption = None,
) -> None:
    """Print recorded runs side by side, with the change from the first one."""
    from rich.console import Console

    from flows.compare import check_regressions, check_run_count, load_runs
    from tasks.report.comparison.comparison_tables import comparison_tables
    from tasks.report.page.terminal import print_tables

    check_run_count(runs)
    compared = load_runs(runs, results_location(results))
    print_tables(comparison_tables(compared), Console())
    check_regressions(compared, worse_than)
