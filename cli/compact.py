"""The command `servegauge compact`."""

from __future__ import annotations

import typer

from cli.options import ResultsOption
from tasks.config.results_location import RESULTS


def compact(results: ResultsOption = RESULTS) -> None:
    """Bring the files of many runs together, to read quickly.

    Every run that has ended goes into one file a table with others. Nothing is lost if the command is killed,
    and other processes may record and read meanwhile. A servegauge without this command cannot read them.

    \b
    Examples:
      servegauge compact
      servegauge compact --results s3://my-bucket/results
    """
    from tasks.record import compact as compaction
    from tasks.record.no_rows import say_if_empty
    from tasks.report.open_results import open_results

    store = open_results(results, lambda message: typer.echo(message, err=True))
    say_if_empty(store, lambda message: typer.echo(message, err=True))
    done = compaction.compact(store)
    files = f"{done.files_before:,} files before, {done.files_after:,} now"
    typer.echo(f"{done.runs:,} runs are compacted in {store.location}: {files}")
