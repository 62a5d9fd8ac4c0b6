"""The command `servegauge report`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ResultsOption
from flows.parameters import RESULTS
from tasks.config.results_location import results_location


def report(
    run_id: Annotated[str, typer.Argument(help="A run's id, or `last`.", metavar="RUN")] = "last",
    results: ResultsOption = RESULTS,
) -> None:
    """Print the report of a recorded run, and write its page again."""
    from rich.console import Console

    from tasks.record.bucket_sync import upload
    from tasks.record.run_lock import record_killed_runs
    from tasks.record.store import Store
    from tasks.report.page.html import write_page
    from tasks.report.page.terminal import print_report
    from tasks.report.read_report import read_report
    from tasks.track.killed_swanlab import mend_killed_logging

    location = results_location(results)
    store = Store(location)
    record_killed_runs(store, location.runs_folder)
    for message in mend_killed_logging(location.folder):
        typer.echo(message, err=True)
    ids = store.run_ids()
    recorded = read_report(store, ids[0] if run_id == "last" and ids else run_id)
    page = location.run_folder(recorded.run.run_id) / "report.html"
    write_page(recorded, page)
    upload(location, f"files/{recorded.run.run_id}")
    print_report(recorded, Console(), str(page))
