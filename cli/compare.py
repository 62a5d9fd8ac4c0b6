"""The command `servegauge compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS

WorseThanOption = Annotated[
    float | None,
    typer.Option(
        "--worse-than",
        min=0,
        max=100,
        metavar="PERCENT",
        help="Exit with 1 if a figure is worse by more than this per cent (scores: points), and by more than "
        "noise. What was measured once counts as it is.",
    ),
]
PageOption = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE.html", help="Write the comparison with its charts into a file too."),
]


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            help=f"Two runs or more; the first is the base. {RUN_WORDS}",
            metavar="RUN...",
            autocompletion=complete.runs,
        ),
    ],
    results: ResultsOption = RESULTS,
    worse_than: WorseThanOption = None,
    page: PageOption = None,
) -> None:
    """Print recorded runs side by side.

    Each figure has its change from the first run, and whether the change is more than noise. --page writes
    the comparison with its charts as one HTML file too.

    \b
    Examples:
      servegauge compare previous last
      servegauge compare previous last --worse-than 5
      servegauge compare previous last --page comparison.html
      servegauge compare 20261124-125149-smoke-f418 last
    """
    from rich.console import Console

    from tasks.config.access import check_folder_of
    from tasks.report.comparison.comparison_tables import comparison_tables
    from tasks.report.comparison.judged_runs import check_regressions, check_run_count, load_runs
    from tasks.report.open_results import open_results
    from tasks.report.page.terminal import print_tables

    check_run_count(runs)
    if page is not None:
        check_folder_of(page)
    store = open_results(results, lambda message: typer.echo(message, err=True))
    compared = load_runs(runs, store.location)
    print_tables(comparison_tables(compared), Console())
    if page is not None:
        from tasks.report.page.comparison_page import write_comparison

        typer.echo(f"page: {write_comparison(compared, page)}")
    check_regressions(compared, worse_than)
