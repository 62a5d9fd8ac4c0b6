"""The command `servegauge report`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import complete
from cli.options import RUN_WORDS, ResultsOption
from tasks.config.results_location import RESULTS


def report(
    run_id: Annotated[
        str, typer.Argument(help=RUN_WORDS, metavar="RUN", autocompletion=complete.runs)
    ] = "last",
    results: ResultsOption = RESULTS,
) -> None:
    """Print the report of a recorded run again.

    The page of the run, report.html, and that of its answers, samples.html, are written again too; the last
    lines say where they are.

    \b
    Examples:
      servegauge report
      servegauge report previous
      servegauge report f418 --results s3://my-bucket/results
    """
    from rich.console import Console

    from tasks.record.bucket_sync import upload
    from tasks.record.named_run import find_run
    from tasks.report.open_results import open_results
    from tasks.report.page.html import write_page
    from tasks.report.page.samples_page import write_samples_page
    from tasks.report.page.terminal import print_report
    from tasks.report.read_report import read_report

    store = open_results(results, lambda message: typer.echo(message, err=True))
    location = store.location
    recorded = read_report(store, find_run(store, run_id))
    page = location.run_folder(recorded.run.run_id) / "report.html"
    write_page(recorded, page)
    write_samples_page(store, recorded, page)
    upload(location, f"files/{recorded.run.run_id}")
    print_report(recorded, Console(), str(page))
