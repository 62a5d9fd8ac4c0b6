"""The command `servegauge results`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli.options import ResultsOption
from flows.parameters import RESULTS
from tasks.config.results_location import results_location


class Format(StrEnum):
    """Output formats."""

    table = "table"
    json = "json"
    csv = "csv"


def results(
    table: Annotated[
        str, typer.Argument(help="runs, points, knees, checks, requests, scores, samples or telemetry.")
    ],
    results: ResultsOption = RESULTS,
    output_format: Annotated[
        Format, typer.Option("--format", help="How the table is printed.")
    ] = Format.table,
) -> None:
    """Print one of the results tables."""
    from tasks.record.export import export_table
    from tasks.record.run_lock import record_killed_runs
    from tasks.record.store import Store
    from tasks.track.killed_swanlab import mend_killed_logging

    location = results_location(results)
    record_killed_runs(Store(location), location.runs_folder)
    for message in mend_killed_logging(location.folder):
        typer.echo(message, err=True)
    typer.echo(export_table(Store(location), table, output_format.value), nl=output_format is not Format.csv)
