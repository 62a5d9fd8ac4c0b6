"""The command `servegauge rerun`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS


def rerun(
    run: Annotated[str, typer.Argument(help=RUN_WORDS, metavar="RUN", autocompletion=complete.runs)] = "last",
    check: Annotated[bool, typer.Option("--check", help="Only say what differs; measure nothing.")] = False,
    results: ResultsOption = RESULTS,
) -> None:
    """Measure a recorded run again, and compare the two.

    The spec is the one that the run recorded, with its model's revision. What cannot be made equal here, such
    as the GPU, its driver or a package's version, is printed first. Nothing is reused.

    \b
    Examples:
      servegauge rerun release --check
      servegauge rerun 20261124-125149-smoke-f418
    """
    import os

    from rich.console import Console

    from flows.run.rerun import again, measure_again
    from tasks.record.named_run import LAST, find_run
    from tasks.record.read_run import recorded_run
    from tasks.report.comparison.comparison_tables import comparison_tables
    from tasks.report.comparison.judged_runs import load_runs
    from tasks.report.open_results import open_results
    from tasks.report.page.terminal import print_tables

    store = open_results(results, lambda message: typer.echo(message, err=True))
    recorded, console = recorded_run(store, find_run(store, run)), Console()
    spec, unequal = again(recorded, os.environ)
    print_tables((unequal,) if unequal.rows else (), console)
    if not unequal.rows:
        typer.echo(f"everything that {recorded.run_id} recorded is equal here")
    for name in spec.unset:
        typer.echo(f"set {name} to the value that it had: only a digest of it is recorded", err=True)
    if check:
        return
    measure_again(spec.spec, results)
    compared = load_runs([recorded.run_id, LAST], store.location)
    print_tables(comparison_tables(compared), console)
