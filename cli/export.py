"""The commands `servegauge export …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.export_run import export_run
from cli.options import ResultsOption
from tasks.config.results_location import RESULTS

export = typer.Typer(help="Write results in other forms.", no_args_is_help=True)
export.command("run")(export_run)


@export.command()
def site(
    folder: Annotated[Path, typer.Argument(help="Folder for the pages.", metavar="DIR", file_okay=False)],
    results: ResultsOption = RESULTS,
    refresh: Annotated[bool, typer.Option("--refresh", help="Write every report again.")] = False,
) -> None:
    """Write all runs as static pages, for a web server or a shared folder.

    `index.html` lists the runs as `servegauge dashboard` does. A report that is there already is kept.

    \b
    Examples:
      servegauge export site public/
    """
    from tasks.record.no_rows import say_if_empty
    from tasks.report.open_results import open_results
    from tasks.report.overview.site import write_site

    store = open_results(results, lambda message: typer.echo(message, err=True))
    say_if_empty(store, lambda message: typer.echo(message, err=True))
    write_site(store, folder, refresh=refresh, say=typer.echo)
    typer.echo(f"open {folder / 'index.html'}")
